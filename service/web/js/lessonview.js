/** The workbench: one lesson being edited, with its toolbar, its times and its outline. */

import { button, byId, el } from "./dom.js";
import { number } from "./format.js";
import { makeDraggable } from "./lessondrag.js";
import * as edit from "./lessonedit.js";
import { exportButtons } from "./lessonexport.js";
import { keepingFocus, focusKey } from "./lessonfocus.js";
import { headNodes, railNodes } from "./lessonhead.js";
import { outlineNodes } from "./lessonoutline.js";
import { LessonPanels, newId } from "./lessonpanels.js";
import { SaveState } from "./lessonstate.js";
import { dismiss, notify } from "./notice.js";

/** @typedef {import("./lessonapi.js").Lesson} Lesson */
/** @typedef {import("./lessonkeeper.js").Keeper} Keeper */

export class LessonView {
  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} scroller
   * @param {import("./panel.js").Panel} panel
   * @param {import("./source.js").SourceView} source
   * @param {{leave: () => void, saveAsNew: (lesson: Lesson) => void}} actions
   */
  constructor(place, scroller, panel, source, actions) {
    this._place = place;
    this._scroller = scroller;
    this._actions = actions;
    this._panels = new LessonPanels(place, panel, source, {
      lesson: () => this._keeper.lesson,
      change: (lesson, words) => this._changed(lesson, words),
      save: () => this._keeper.save(),
      told: (words) => this._told(words),
    });
    /** @type {Keeper} */
    this._keeper = /** @type {any} */ (null);
    /** Points whose field for own words is open though it is empty. @type {Set<string>} */
    this._noted = new Set();
    /** Lines as they were before the trainer wrote. @type {Map<string, string>} */
    this._original = new Map();
  }

  /** @param {Keeper} keeper */
  open(keeper) {
    this._keeper = keeper;
    this._noted.clear();
    this._original.clear();
    this._head = el("div", { class: "lesson-head" });
    this._rail = el("nav", { class: "rail", "aria-label": "各部分和用时", "data-testid": "lesson-rail" });
    this._outline = el("div", { class: "outline", "data-testid": "lesson-outline", "aria-label": "党课提纲", role: "group" });
    this._undoButton = button("撤销", { icon: "undo", class: "plain", "data-testid": "lesson-undo", onclick: () => this.undo() });
    this._state = new SaveState(keeper, () => this._actions.saveAsNew(keeper.lesson));
    const bar = el(
      "div",
      { class: "lesson-bar", role: "group", "aria-label": "这堂课" },
      button("我的党课", { icon: "back", class: "plain", "data-testid": "lesson-back", onclick: () => this._actions.leave() }),
      this._state.node,
      el("div", { class: "lesson-bar-tools" }, this._undoButton, ...exportButtons(keeper)),
    );
    this._outline.addEventListener("keydown", (event) => this._key(event));
    makeDraggable(this._outline, this._scroller, (id, place) => this._move(id, place));
    const body = el("div", { class: "lesson-body" }, this._head, this._rail, this._outline);
    this._place.replaceChildren(bar, this._state.banner, body);
    this._showHead();
    this.render();
  }

  /** Shows the lesson as it is now; the keyboard stays where it is. */
  render() {
    const { lesson } = this._keeper;
    this._learn(lesson);
    keepingFocus(this._place, () => this._outline?.replaceChildren(...outlineNodes(lesson, this._noted, this._outlineActions())));
    this._aside();
    this._panels.markShown();
  }

  /** The lesson was changed otherwise than by typing: by undoing, by the service. */
  replaced() {
    this._showHead();
    this.render();
  }

  /** @param {import("./lessonkeeper.js").State} state @param {unknown} error */
  showState(state, error) {
    this._state?.show(state, error);
  }

  undo() {
    const words = this._keeper.undo();
    notify(words ? `已撤销：${words}` : "没有可以撤销的");
  }

  /** @param {Lesson} lesson */
  _learn(lesson) {
    for (const { id, own, text } of lesson.sections.flatMap((section) => section.points)) {
      if (!own && !this._original.has(id)) this._original.set(id, text);
    }
  }

  _showHead() {
    const { lesson } = this._keeper;
    keepingFocus(this._place, () =>
      this._head?.replaceChildren(
        ...headNodes(lesson, {
          set: (changes, words) => this._typed({ ...this._keeper.lesson, ...changes }, words, `head:${Object.keys(changes)}`),
          leave: () => this._keeper.endBurst(),
        }),
      ),
    );
  }

  /** What stands beside the outline: times, and what can be taken back. */
  _aside() {
    const { lesson, undoable } = this._keeper;
    keepingFocus(this._place, () =>
      this._rail?.replaceChildren(
        ...railNodes(lesson, () => this._changed(edit.fitMinutes(this._keeper.lesson), "调整用时")),
      ),
    );
    this._undoButton?.setAttribute("aria-disabled", String(!undoable));
    this._undoButton?.setAttribute("title", undoable ? `撤销：${undoable}` : "没有可以撤销的");
  }

  /** What the trainer types stands there already: only what depends on it is shown anew. @param {Lesson} lesson @param {string} words @param {string} burst */
  _typed(lesson, words, burst) {
    dismiss(); // its “撤销” would take back this change, not the one it tells of
    this._keeper.change(lesson, words, burst);
    this._aside();
  }

  /** @param {Lesson} lesson @param {string} words */
  _changed(lesson, words) {
    dismiss();
    this._keeper.change(lesson, words);
    this.render();
  }

  /** @returns {import("./lessonoutline.js").OutlineActions} */
  _outlineActions() {
    const now = () => this._keeper.lesson;
    return {
      section: (at, changes) => this._typed(edit.setSection(now(), at, changes), "改这一部分", `section:${at}:${Object.keys(changes)}`),
      type: (id, changes) => this._type(id, changes),
      leave: () => this._keeper.endBurst(),
      step: (id, by) => this._step(id, by),
      drop: (id) => this._drop(id),
      openNote: (id) => {
        this._noted.add(id);
        this.render();
        focusKey(this._place, `${id}:note`);
      },
      openSource: (id, at, opener) => this._panels.openSource(id, at, opener),
      replace: (id, at) => this._panels.offer(id, at),
      dropExcerpt: (id, at) => {
        this._changed(edit.dropExcerpt(now(), id, at), "去掉一条摘录");
        focusKey(this._place, `${id}:add-excerpt`);
        this._told("已去掉一条摘录");
      },
      addOwn: (section) => {
        const point = edit.newPoint(newId(), null);
        this._changed(edit.insertPoint(now(), { section, index: Infinity }, point), "加一点");
        focusKey(this._place, `${point.id}:text`);
      },
      addFound: (section) => this._panels.offerNew(section),
    };
  }

  /** @param {string} id @param {{text?: string, note?: string}} changes */
  _type(id, changes) {
    const { lesson } = this._keeper;
    const { text } = changes;
    const next = text === undefined ? edit.setPoint(lesson, id, changes) : edit.setText(lesson, id, text, this._original.get(id));
    this._typed(next, "改文字", `${id}:${Object.keys(changes)}`);
    const node = this._outline?.querySelector(`[data-id="${CSS.escape(id)}"]`);
    const own = edit.pointOf(next, id)?.own ?? false;
    node?.classList.toggle("point-own", own);
    node?.querySelector(":scope > .own-mark")?.toggleAttribute("hidden", !own);
  }

  /** Alt and an arrow move the point that has the focus. @param {KeyboardEvent} event */
  _key(event) {
    const by = { ArrowUp: /** @type {const} */ (-1), ArrowDown: /** @type {const} */ (1) }[event.key];
    const id = /** @type {HTMLElement} */ (event.target).closest(".point")?.getAttribute("data-id");
    if (!by || !id || !event.altKey) return;
    event.preventDefault();
    this._step(id, by);
  }

  /** @param {string} id @param {-1 | 1} by */
  _step(id, by) {
    const place = edit.stepFrom(this._keeper.lesson, id, by);
    if (place) this._move(id, place);
  }

  /** @param {string} id @param {import("./lessonedit.js").Place} place */
  _move(id, place) {
    const next = edit.movePoint(this._keeper.lesson, id, place);
    if (next === this._keeper.lesson) return;
    this._changed(next, "移动一点");
    this._outline?.querySelector(`[data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" });
    const { title } = next.sections[place.section];
    byId("spoken").textContent = `已移到“${title}”第 ${number(place.index + 1)} 点`;
  }

  /** @param {string} id */
  _drop(id) {
    const place = edit.placeOf(this._keeper.lesson, id);
    this._changed(edit.dropPoint(this._keeper.lesson, id), "删去一点");
    const section = this._keeper.lesson.sections[place?.section ?? 0];
    const next = section.points[Math.min(place?.index ?? 0, section.points.length - 1)];
    focusKey(this._place, next ? `${next.id}:drop` : `${section.part}:own`);
    this._told("已删去一点");
  }

  /** @param {string} words about what can be taken back at once */
  _told(words) {
    notify(words, { label: "撤销", run: () => this.undo() });
  }
}
