/** Keeps a lesson that is being edited: saves it by itself, remembers what was before, and says how things stand. */

import { refreshed, sameContent, sendable } from "./lessonedit.js";

/** @typedef {import("./lessonapi.js").Lesson} Lesson */
/** @typedef {"saved" | "waiting" | "saving" | "failed" | "conflict" | "gone"} State */
/**
 * @typedef {object} Surroundings
 * @property {(lesson: Lesson) => Promise<Lesson>} put
 * @property {(id: string) => Promise<Lesson>} get
 * @property {{saveDraft: (lesson: Lesson) => boolean, dropDraft: (id: string) => void}} drafts
 * @property {(state: State, error: unknown) => void} onState
 * @property {(lesson: Lesson) => void} onLesson the lesson has changed otherwise than by `change`
 */

/** How long the trainer has to pause before the lesson is saved, in milliseconds. */
const PAUSE = 800;
/** How long to wait before trying again, in milliseconds; twice as long each time. */
const FIRST_RETRY = 4000;
const LAST_RETRY = 60000;
const STEPS = 100;

export class Keeper {
  /** @param {Lesson} lesson as the service has it @param {Surroundings} around */
  constructor(lesson, around) {
    this._around = around;
    this._lesson = lesson;
    /** What the service has, as far as is known. @type {Lesson | null} */
    this._kept = lesson;
    /** What was sent and not answered: the service may have taken it. @type {Lesson | null} */
    this._unanswered = null;
    this._revision = lesson.revision;
    /** @type {{lesson: Lesson, words: string, burst: string}[]} */
    this._before = [];
    /** @type {State} */
    this._state = "saved";
    /** Whether this browser keeps what the service has not got. */
    this.safe = true;
    this._timer = 0;
    this._retry = FIRST_RETRY;
    /** @type {Promise<boolean> | null} */
    this._running = null;
    this._closed = false;
  }

  get lesson() {
    return this._lesson;
  }

  get state() {
    return this._state;
  }

  /** @returns {string} what `undo` would take back, empty where there is nothing */
  get undoable() {
    return this._before[this._before.length - 1]?.words ?? "";
  }

  /**
   * @param {Lesson} lesson
   * @param {string} words what was done, for undoing it
   * @param {string} [burst] changes that follow one another under the same name are taken back together
   */
  change(lesson, words, burst = "") {
    if (lesson === this._lesson || this._closed) return;
    const last = this._before[this._before.length - 1];
    if (!burst || last?.burst !== burst) this._before.push({ lesson: this._lesson, words, burst });
    if (this._before.length > STEPS) this._before.shift();
    this._set(lesson);
  }

  /** The trainer has left the field: what is typed next is a change of its own. */
  endBurst() {
    const last = this._before[this._before.length - 1];
    if (last) last.burst = "";
  }

  /** @returns {string} what was taken back, empty where there was nothing */
  undo() {
    const last = this._closed ? undefined : this._before.pop();
    if (!last) return "";
    this._set(last.lesson);
    this._around.onLesson(this._lesson);
    return last.words;
  }

  /** @param {Lesson} lesson with changes that were not saved last time, made on the revision it names */
  recover(lesson) {
    if (lesson.sections !== this._lesson.sections) this._before.push({ lesson: this._lesson, words: "找回修改", burst: "" });
    this._revision = lesson.revision;
    this._set(lesson);
  }

  /** @returns {Promise<boolean>} whether the service has everything now */
  async save() {
    clearTimeout(this._timer);
    // A second round for what was changed while the first was on its way.
    for (let round = 0; round < 2 && !this._closed && this._lesson !== this._kept; round += 1) {
      this._running ??= this._send().finally(() => (this._running = null));
      if (!(await this._running)) break;
    }
    const all = this._lesson === this._kept;
    // Undone back to what is saved: nothing had to be sent.
    if (all && this._state === "waiting") this._allSaved();
    return all;
  }

  /** Mine shall hold: the other window's changes are overwritten. */
  async keepMine() {
    await this._afterReading((latest) => {
      this._revision = latest.revision;
      this._retry = FIRST_RETRY;
      return this.save();
    });
  }

  /** The other window's shall hold; mine can be brought back by undoing. */
  async takeTheirs() {
    await this._afterReading((latest) => {
      this._before.push({ lesson: this._lesson, words: "重新载入", burst: "" });
      this._revision = latest.revision;
      this._lesson = this._kept = latest;
      this._allSaved();
      this._around.onLesson(latest);
    });
  }

  /** Nothing is changed or sent any more. */
  close() {
    clearTimeout(this._timer);
    this._closed = true;
  }

  /** @param {(latest: Lesson) => unknown} run */
  async _afterReading(run) {
    try {
      await run(await this._around.get(this._lesson.id));
    } catch (error) {
      this._fail(error);
    }
  }

  /** @param {Lesson} lesson */
  _set(lesson) {
    this._lesson = lesson;
    this._saveHere();
    // What is in the way does not go away by itself: the trainer has to decide first.
    if (this._state === "conflict" || this._state === "gone") return;
    this._say("waiting");
    this._later(PAUSE);
  }

  /** @param {number} wait */
  _later(wait) {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this.save(), wait);
  }

  /** @returns {Promise<boolean>} whether the service took it */
  async _send() {
    const sent = this._lesson;
    this._say("saving");
    try {
      const saved = await this._put(sendable(sent));
      this._revision = saved.revision;
      this._retry = FIRST_RETRY;
      this._accept(sent, saved);
      return true;
    } catch (error) {
      this._fail(error);
      return false;
    }
  }

  /** @param {Lesson} body @returns {Promise<Lesson>} */
  async _put(body) {
    const unanswered = this._unanswered;
    this._unanswered = body;
    this._kept = null;
    try {
      const saved = await this._around.put({ ...body, revision: this._revision });
      this._unanswered = null;
      return saved;
    } catch (error) {
      if (statusOf(error) !== 0) this._unanswered = null;
      if (statusOf(error) !== 409 || unanswered === null) throw error;
      // Not another window, perhaps, but our own save before, whose answer was lost on the way.
      const latest = await this._around.get(body.id);
      if (!sameContent(latest, unanswered)) throw error;
      return this._around.put({ ...body, revision: latest.revision });
    }
  }

  /** @param {Lesson} sent @param {Lesson} saved */
  _accept(sent, saved) {
    this._kept = sent;
    if (this._lesson !== sent) {
      this._saveHere();
      this._say("waiting");
      this._later(PAUSE);
      return;
    }
    const next = refreshed(sent, saved);
    this._lesson = this._kept = next;
    this._allSaved();
    if (JSON.stringify(next.sections) !== JSON.stringify(sent.sections)) this._around.onLesson(next);
  }

  _saveHere() {
    this.safe = this._around.drafts.saveDraft({ ...this._lesson, revision: this._revision });
  }

  _allSaved() {
    this._around.drafts.dropDraft(this._lesson.id);
    this._say("saved");
  }

  /** @param {unknown} error */
  _fail(error) {
    const status = statusOf(error);
    this._say(status === 409 ? "conflict" : status === 404 ? "gone" : "failed", error);
    const passing = status === 0 || status >= 500;
    if (!passing || this._closed) return;
    this._later(this._retry);
    this._retry = Math.min(this._retry * 2, LAST_RETRY);
  }

  /** @param {State} state @param {unknown} [error] */
  _say(state, error = null) {
    this._state = state;
    this._around.onState(state, error);
  }
}

/** @param {unknown} error @returns {number} 0 where there was no answer */
function statusOf(error) {
  return /** @type {{status?: number}} */ (error).status ?? 0;
}
