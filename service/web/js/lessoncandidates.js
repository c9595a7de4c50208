/** The panel that offers excerpts: others for a point, or those for a new one. */

import { ApiError } from "./api.js";
import { button, byId, el } from "./dom.js";
import { number } from "./format.js";
import { LONGEST_SEARCH, getCandidates } from "./lessonapi.js";
import { excerptAbout, quoteBlock } from "./lessonexcerpt.js";
import { problemBlock } from "./problem.js";

/** @typedef {import("./api.js").Citation} Citation */
/**
 * @typedef {object} Wanted
 * @property {string} title
 * @property {string} about
 * @property {string} lesson its id
 * @property {string | null} point the id of the point they are for, null for a new one
 * @property {string} words what is looked for where nothing is typed and the service has no such point
 * @property {string} use the word on the button that takes one
 * @property {(citation: Citation) => boolean} taken whether the lesson has such words already
 * @property {() => Promise<unknown>} before what has to be done before the service is asked
 * @property {(citation: Citation) => void} onPick
 * @property {() => void} onClose
 */

export class CandidatesView {
  /** @param {import("./panel.js").Panel} panel @param {import("./source.js").SourceView} source */
  constructor(panel, source) {
    this._panel = panel;
    this._source = source;
    this._request = 0;
  }

  /** @param {Wanted} wanted @param {string} [words] typed before */
  open(wanted, words = "") {
    const box = /** @type {HTMLInputElement} */ (
      el("input", {
        type: "search",
        class: "line-box",
        value: words,
        maxlength: LONGEST_SEARCH,
        placeholder: "换个说法找，如：支部联建",
        "aria-label": "找摘录",
        "data-testid": "lesson-search",
        "data-autofocus": true,
        autocomplete: "off",
      })
    );
    const body = el("div", { class: "documents-body" });
    const search = (/** @type {Event} */ event) => {
      event.preventDefault();
      this._fill(body, wanted, box);
    };
    const node = el(
      "section",
      { class: "documents candidates", "data-testid": "lesson-candidates", "aria-labelledby": "candidates-title" },
      el(
        "header",
        { class: "panel-head" },
        el("div", { class: "panel-bar" }, this._panel.closeButton()),
        el("h2", { class: "panel-title", id: "candidates-title", text: wanted.title }),
        el("p", { class: "panel-about", text: wanted.about }),
        el("form", { class: "candidates-search", role: "search", onsubmit: search }, box, el("button", { type: "submit", class: "plain", text: "找一找" })),
      ),
      body,
    );
    this._panel.show(node, { onClose: () => this._leave(wanted) });
    this._fill(body, wanted, box);
  }

  /** @param {Wanted} wanted */
  _leave(wanted) {
    this._request += 1; // whatever is still loading is no longer wanted
    wanted.onClose();
  }

  /** @param {HTMLElement} body @param {Wanted} wanted @param {HTMLInputElement} box */
  async _fill(body, wanted, box) {
    const request = (this._request += 1);
    const words = box.value.trim();
    body.replaceChildren(el("p", { class: "loading", text: "正在资料里找…" }));
    try {
      const found = (await this._find(wanted, words)).filter((citation) => !wanted.taken(citation));
      if (request !== this._request) return;
      const list = el("ol", { class: "candidate-list" }, ...found.map((citation) => this._item(citation, wanted, box)));
      const none = el("p", { class: "loading", text: "资料里没有找到别的合适的话。换个说法再找找，或者写自己的话。" });
      body.replaceChildren(found.length > 0 ? list : none);
      byId("spoken").textContent = found.length > 0 ? `找到 ${number(found.length)} 条` : none.textContent;
    } catch (error) {
      if (request === this._request) body.replaceChildren(problemBlock(error, () => this._fill(body, wanted, box)));
    }
  }

  /** @param {Wanted} wanted @param {string} words @returns {Promise<Citation[]>} */
  async _find({ lesson, point, words: own, before }, words) {
    await before();
    try {
      return await getCandidates(lesson, point, words || (point === null ? own : ""));
    } catch (error) {
      const unknown = point !== null && error instanceof ApiError && error.status === 404;
      if (!unknown) throw error;
      // The service has not got this point yet, but it can look for the point's words.
      return getCandidates(lesson, null, words || own);
    }
  }

  /** @param {Citation} citation @param {Wanted} wanted @param {HTMLInputElement} box */
  _item(citation, wanted, box) {
    const again = { label: "返回候选", run: () => this.open(wanted, box.value) };
    const look = button("看原文", {
      icon: "book",
      class: "plain",
      "aria-label": `看原文：${citation.title}`,
      onclick: () => this._source.openCitation(citation, { opener: look, siblings: () => [], onCitation: () => {}, back: again }),
    });
    return el(
      "li",
      { class: "candidate", "data-testid": "lesson-candidate" },
      quoteBlock(citation.quote),
      excerptAbout(citation),
      el(
        "div",
        { class: "actions" },
        button(wanted.use, { icon: "check", class: "plain take", "data-testid": "lesson-take", onclick: () => wanted.onPick(citation) }),
        look,
      ),
    );
  }
}
