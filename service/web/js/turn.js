/** One question and what became of it: being answered, answered, stopped, or failed. */

import { choiceRow, claimItem, noteList, notFoundBlock, proseBlock, sourceRow, statusLine, suggestionRow } from "./answer.js";
import { markGroups } from "./authority.js";
import { button, el, icon } from "./dom.js";
import { FeedbackBar } from "./feedback.js";
import { printedSources, printTurn } from "./print.js";
import { problemBlock } from "./problem.js";
import { relatedList } from "./related.js";
import { scopeOf } from "./scope.js";
import { shareRow } from "./share.js";

/** @typedef {import("./api.js").Answer} Answer */
/** @typedef {import("./api.js").Claim} Claim */
/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {{openCitation: (citation: Citation, opener: HTMLElement, turn: Turn) => void, ask: (question: string) => void, copy: (answer: Answer) => void, retry: (turn: Turn) => void, edit: (question: string) => void, examples: () => string[], showDocuments: () => void}} TurnActions */

export class Turn {
  /**
   * @param {string} question
   * @param {TurnActions} actions
   * @param {string} scope the id of the scope it is asked in; asked again, it stays the same
   */
  constructor(question, actions, scope) {
    this.question = question;
    this.scope = scope;
    /** @type {Answer | null} */
    this.answer = null;
    /** Empty where the answer was not kept. @type {FeedbackBar | null} */
    this.feedback = null;
    /** @type {Claim[]} */
    this._claims = [];
    /** @type {Map<number, Citation>} */
    this._citations = new Map();
    this._actions = actions;
    /** @type {import("./answer.js").AnswerActions} */
    this._answerActions = {
      openCitation: (citation, opener) => actions.openCitation(citation, opener, this),
      ask: actions.ask,
      copy: actions.copy,
      print: () => printTurn(this.node),
    };
    const { filters, label } = scopeOf(scope);
    this._list = el("ol", { class: "claims" });
    this._article = el("article", { class: "answer", "aria-label": "回答" });
    this.node = el(
      "section",
      { class: "turn" },
      el("h2", { class: "asked" }, el("span", { class: "visually-hidden", text: "问：" }), question),
      filters && el("p", { class: "asked-scope", text: `范围：${label}` }),
      this._article,
    );
    this.wait();
  }

  /** @param {Citation} citation @returns {Citation[]} those it stands among: what came nearest, or the answer's own in order */
  around(citation) {
    const related = this.answer?.related ?? [];
    return related.includes(citation) ? related : [...this._citations.values()].sort((a, b) => a.id - b.id);
  }

  /** Back to the beginning: the question is being asked. */
  wait() {
    this.answer = null;
    this._claims = [];
    this._citations.clear();
    this._list.replaceChildren();
    this._enter("waiting");
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this._article.replaceChildren(el("p", { class: "waiting" }, "正在查找资料", dots));
  }

  /** @param {Claim} claim @param {Citation[]} citations those this claim is the first to use */
  addClaim(claim, citations) {
    for (const citation of citations) this._citations.set(citation.id, citation);
    if (this._claims.length === 0) this._article.replaceChildren(eyebrow([claim]), this._list);
    this._claims.push(claim);
    this._list.append(this._item(claim));
    this._list.classList.toggle("single", this._claims.length === 1);
  }

  /** @param {Answer} answer */
  finish(answer) {
    this.answer = answer;
    this.feedback = answer.turn ? new FeedbackBar(answer) : null;
    for (const citation of answer.citations) this._citations.set(citation.id, citation);
    const parts = answer.status === "not_found" ? this._notFound(answer) : this._found(answer);
    this._article.replaceChildren(...resolvedNote(answer), ...parts);
    this._enter("done");
  }

  /** @param {unknown} error */
  fail(error) {
    const block = problemBlock(error, () => this._actions.retry(this), this._editButton(), oneKey());
    this._article.replaceChildren(...(this._claims.length > 0 ? [eyebrow(this._claims), this._list] : []), block);
    this._enter("failed");
  }

  /** @param {string} reason why there is no complete answer */
  stop(reason) {
    const again = button("重新回答", { icon: "retry", class: "plain", onclick: () => this._actions.retry(this) });
    const note = el("div", { class: "stopped" }, el("p", { text: reason }), again, oneKey());
    this._article.replaceChildren(...(this._claims.length > 0 ? [eyebrow(this._claims), this._list] : []), note);
    this._enter("stopped");
  }

  /** @param {Answer} answer @returns {Node[]} */
  _found(answer) {
    if (answer.claims.length === 0) {
      return [proseBlock(answer.answer, this._find, this._answerActions), ...this._footer(answer)];
    }
    // Claims already on the page stay as they are: replacing them would drop the reader's focus and selection.
    if (JSON.stringify(this._claims) !== JSON.stringify(answer.claims)) {
      this._claims = answer.claims;
      this._list.replaceChildren(...answer.claims.map((claim) => this._item(claim)));
      this._list.classList.toggle("single", answer.claims.length === 1);
    }
    markGroups(this._list, answer.kind, answer.claims);
    return [eyebrow(answer.claims), this._list, ...this._footer(answer)];
  }

  /** @param {Answer} answer @returns {Node[]} */
  _footer(answer) {
    const parts = [];
    if (answer.notes?.length) parts.push(noteList(answer.notes));
    if (answer.citations.length > 0) parts.push(sourceRow("引自", answer.citations, this._answerActions));
    parts.push(...this._status(answer));
    if (answer.citations.length > 0) parts.push(printedSources(answer.citations));
    if (answer.suggestions?.length > 0) parts.push(suggestionRow(answer.suggestions, "接着问", this._answerActions));
    return parts;
  }

  /** @param {Answer} answer @returns {Node[]} */
  _status(answer) {
    const line = statusLine(answer, this._answerActions, this.feedback?.thumbs ?? null);
    return [line, ...(this.feedback ? [this.feedback.more] : []), ...shareRow(answer)];
  }

  _editButton() {
    return button("改一改再问", { icon: "edit", class: "plain", onclick: () => this._actions.edit(this.question) });
  }

  /** @param {Answer} answer @returns {Node[]} */
  _notFound(answer) {
    const documents = button("看有哪些资料", { icon: "book", class: "plain", onclick: this._actions.showDocuments });
    const block = notFoundBlock(answer, this._find, this._answerActions);
    block.append(el("div", { class: "actions not-found-actions" }, this._editButton(), documents));
    /** @type {Node[]} */
    const parts = [block];
    if (answer.related?.length) parts.push(relatedList(answer.related, this._answerActions));
    if (answer.notes?.length) parts.push(noteList(answer.notes));
    const { filters, label } = scopeOf(this.scope);
    if (filters) parts.push(el("p", { class: "scope-hint", text: `这次的范围是“${label}”。把输入框下的范围改为“全部”再问，也许能找到。` }));
    if (answer.choices?.length) parts.push(choiceRow(answer.choices, this._answerActions));
    else if (answer.suggestions?.length > 0) parts.push(suggestionRow(answer.suggestions, "可以试试这样问", this._answerActions));
    else {
      const examples = this._actions.examples().slice(0, 3);
      if (examples.length > 0) parts.push(suggestionRow(examples, "资料里能回答的，比如", this._answerActions));
    }
    parts.push(...this._status(answer));
    if (answer.citations.length > 0) parts.push(printedSources(answer.citations));
    return parts;
  }

  /** @param {Claim} claim */
  _item(claim) {
    return claimItem(claim, this._find, this._answerActions);
  }

  /** @type {import("./answer.js").FindCitation} */
  _find = (id) => this._citations.get(id);

  /** @param {"waiting"|"done"|"failed"|"stopped"} state */
  _enter(state) {
    this._article.dataset.state = state;
    // While busy, screen readers wait and then read the answer once, whole.
    this._article.setAttribute("aria-busy", String(state === "waiting"));
    // Programs that look for an answer must never see half of one.
    if (state === "done") this._article.dataset.testid = "answer";
    else delete this._article.dataset.testid;
  }
}

/** @param {Answer} answer @returns {HTMLElement[]} how a follow-up was understood, where that is not as it was asked */
function resolvedNote({ resolved_question: resolved }) {
  return resolved ? [el("p", { class: "resolved", "data-testid": "resolved", text: `按“${resolved}”理解` })] : [];
}

/** @returns {HTMLElement} what the keyboard does about a question that got no answer */
function oneKey() {
  return el("p", { class: "one-key" }, "输入框空着时，按 ", el("kbd", { text: "Enter" }), " 重新发送");
}

/** @param {Claim[]} claims @returns {HTMLElement} what the reader may take the words below for */
function eyebrow(claims) {
  const verbatim = claims.every((claim) => claim.verbatim);
  const words = verbatim ? "逐字引自资料" : "依据资料归纳，编号处可核对原文";
  return el("p", { class: "eyebrow" }, icon(verbatim ? "check" : "book"), words);
}
