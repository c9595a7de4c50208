/** The dialogue: its turns in order, and the one question that may be on its way. */

import { ApiError, ask, getFeedback } from "./api.js";
import { markActive } from "./citations.js";
import { notify } from "./notice.js";
import { scopeOf } from "./scope.js";
import { copyAnswer } from "./share.js";
import { loadDialogue, saveDialogue } from "./store.js";
import { Turn } from "./turn.js";

/** @typedef {import("./store.js").SavedDialogue} SavedDialogue */
/**
 * @typedef {object} ChatParts
 * @property {HTMLElement} scroller
 * @property {HTMLElement} turns
 * @property {HTMLElement} welcome shown while there are no turns
 * @property {HTMLElement} newDialogue the button that starts over
 * @property {() => void} onConversation called when another conversation is current, or the current one has a new answer
 * @property {import("./follow.js").Follower} follower
 * @property {import("./source.js").SourceView} source
 * @property {import("./panel.js").Panel} panel
 * @property {import("./scope.js").ScopeMenu} scope
 * @property {() => string[]} examples questions that the library answers; none before they are known
 * @property {() => void} showDocuments
 * @property {() => void} onUnreachable called when the service did not answer
 */

export class Chat {
  /** @param {ChatParts} parts */
  constructor(parts) {
    this._parts = parts;
    /** @type {Turn[]} */
    this._turns = [];
    this._conversation = "";
    /** @type {AbortController | null} */
    this._running = null;
    /** Set once, by main.js: the box needs the chat and the chat the box. @type {import("./composer.js").Composer} */
    this.composer = /** @type {any} */ (null);
    /** @type {import("./turn.js").TurnActions} */
    this._actions = {
      openCitation: (citation, opener, turn) =>
        parts.source.openCitation(citation, {
          opener,
          siblings: () => turn.around(citation),
          onCitation: (shown) => markActive(turn.node, shown),
        }),
      ask: (question) => this.ask(question),
      retry: (turn) => this._run(turn),
      edit: (question) => this._edit(question),
      examples: parts.examples,
      showDocuments: parts.showDocuments,
      copy: copyAnswer,
    };
    parts.newDialogue.addEventListener("click", () => this._startOver());
  }

  /** @returns {string} the id of the current conversation, empty before its first answer */
  get conversation() {
    return this._conversation;
  }

  /** @param {import("./api.js").WholeConversation} whole a conversation that was kept */
  show(whole) {
    this._leave();
    this.restore({ conversation_id: whole.id, turns: whole.turns.map(({ question, answer }) => ({ question, answer })) });
  }

  /** The current conversation is gone. */
  reset() {
    this._leave();
    this._parts.panel.close();
  }

  /** Brings back the dialogue a reload has interrupted. */
  restore(saved = loadDialogue()) {
    this._conversation = saved.conversation_id;
    for (const { question, answer, scope } of saved.turns) {
      const turn = this._add(question, scope);
      try {
        if (answer) turn.finish(answer);
        else turn.stop("上次没有答完。");
      } catch {
        turn.stop("上次的回答没能恢复。"); // saved by another version of the page
      }
    }
    this._changed();
    this._restoreFeedback();
    if (this._turns.length > 0) this._parts.follower.start(this._turns[this._turns.length - 1].node);
  }

  /** @param {string} question */
  ask(question) {
    if (this._running) {
      notify("请等当前回答完成，或先点“停止”");
      return;
    }
    this._run(this._add(question, this._parts.scope.chosen));
  }

  stop() {
    this._running?.abort();
  }

  /** Sends the last question again where it got no answer. */
  again() {
    if (this.waits) this._run(this._turns[this._turns.length - 1]);
  }

  /** @returns {boolean} whether the last question got no answer and waits to be sent again */
  get waits() {
    const last = this._turns[this._turns.length - 1];
    return last !== undefined && !last.answer && !this._running;
  }

  /** What was said of the answers when they were given; without it the thumbs only look untouched. */
  async _restoreFeedback() {
    const turns = this._turns.filter((turn) => turn.feedback);
    if (turns.length === 0) return;
    const given = await getFeedback(this._conversation).catch(() => []);
    for (const said of given) turns.find((turn) => turn.answer?.turn === said.turn)?.feedback?.restore(said);
  }

  /** @param {string} question @param {string} [scope] */
  _add(question, scope = "") {
    const turn = new Turn(question, this._actions, scope);
    this._turns.push(turn);
    this._parts.turns.append(turn.node);
    return turn;
  }

  /** @param {Turn} turn */
  async _run(turn) {
    if (this._running) {
      notify("请等当前回答完成，或先点“停止”");
      return;
    }
    const running = (this._running = new AbortController());
    const conversation = this._conversation;
    const { filters } = scopeOf(turn.scope);
    const body = {
      question: turn.question,
      ...(conversation ? { conversation_id: conversation } : {}),
      ...(filters ? { filters } : {}),
    };
    const live = () => this._running === running;
    turn.wait();
    this.composer.busy = true;
    this._changed();
    this._keepFocus();
    this._parts.follower.start(turn.node);
    try {
      const answer = await ask(body, {
        signal: running.signal,
        onStart: (start) => live() && this._follow(start.conversation_id),
        onClaim: (claim, citations) => {
          if (!live()) return;
          turn.addClaim(claim, citations);
          this._parts.follower.update();
        },
      });
      if (!live()) return;
      this._follow(answer.conversation_id);
      turn.finish(answer);
      this._parts.onConversation();
    } catch (error) {
      if (!live()) return;
      if (running.signal.aborted) turn.stop("已停止。");
      else {
        // The service may have forgotten the conversation (it was restarted): asking again then starts a new one.
        if (error instanceof ApiError && error.status === 404) this._conversation = "";
        turn.fail(error);
        if (error instanceof ApiError && error.status === 0) this._parts.onUnreachable();
      }
    }
    this._running = null;
    this.composer.busy = false;
    this._changed();
    this._parts.follower.update();
  }

  /** The button just pressed may be gone (an example, 重试): the keyboard stays in the dialogue. */
  _keepFocus() {
    if (document.activeElement === document.body) this._parts.scroller.focus({ preventScroll: true });
  }

  /** @param {string | undefined} conversation */
  _follow(conversation) {
    if (conversation) this._conversation = conversation;
  }

  /** @param {string} question */
  _edit(question) {
    const draft = this.composer.question.trim();
    if (draft !== "" && draft !== question) notify("输入框里还有没发出的问题，请先处理它");
    else this.composer.question = question;
    this.composer.focus();
  }

  _startOver() {
    const before = this._saved();
    this.reset();
    this.composer.focus();
    this._parts.onConversation();
    if (before.turns.length === 0) return;
    notify("已开始新对话", {
      label: "恢复上一个",
      run: () => {
        this._leave();
        this.restore(before);
        this._parts.onConversation();
      },
    });
  }

  /** Gives up the dialogue on the page, and the question that may be on its way. */
  _leave() {
    this._running?.abort();
    this._running = null;
    this.composer.busy = false;
    this._clear();
  }

  _clear() {
    this._turns = [];
    this._conversation = "";
    this._parts.turns.replaceChildren();
    this._parts.follower.reset();
    this._changed();
  }

  /** @returns {SavedDialogue} */
  _saved() {
    const turns = this._turns.map(({ question, answer, scope }) => ({ question, answer, scope }));
    return { conversation_id: this._conversation, turns };
  }

  _changed() {
    const empty = this._turns.length === 0;
    this._parts.welcome.hidden = !empty;
    saveDialogue(this._saved());
  }
}
