/** The source panel: one document at a time, the ways between the excerpts of an answer and along references. */

import { getDocument } from "./api.js";
import { checkQuote } from "./check.js";
import { button, el } from "./dom.js";
import { SourcePane } from "./sourcepane.js";
import { CodePointText } from "./text.js";

/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {import("./api.js").Reference} Reference */
/** @typedef {import("./check.js").Check} Check */
/** @typedef {import("./sourcepane.js").Loaded} Loaded */
/** @typedef {import("./sourcepane.js").View} View */
/** @typedef {{scroll: number, opened: number}} Returning where in the text, and at which reference, the reader was */

/** @typedef {{label: string, run: () => void}} Back the way to a list that the source was opened from */
/** @typedef {{walk: string, again: string}} Words what the citations belong to, and what to do about one that is wrong */

/** Shows one document at a time in the panel. */
export class SourceView {
  /** @param {import("./panel.js").Panel} panel @param {Words} [words] */
  constructor(panel, words = { walk: "本次回答的引文", again: "重新提问" }) {
    this._panel = panel;
    this._words = words;
    /** Documents read in this page's life. @type {Map<string, Loaded>} */
    this._loaded = new Map();
    this._request = 0;
    /** Whether the reader wants simplified script wherever a text has another. */
    this._simplified = false;
    /** @type {(citation: Citation | null) => void} */
    this._onCitation = () => {};
    /** Where the reader came from, by following references. @type {(Returning & {view: View})[]} */
    this._trail = [];
  }

  /**
   * @param {Citation} citation
   * @param {{opener: HTMLElement, siblings: () => Citation[], onCitation: (citation: Citation | null) => void, back?: Back | null}} options
   *   `siblings` are all citations of the answer; `onCitation` hears which one is shown, null when none is any more
   */
  openCitation(citation, { opener, siblings, onCitation, back = null }) {
    const view = { id: citation.document_id, title: citation.title, citation, siblings, reference: null };
    this._build(view, opener, back);
    this._onCitation = onCitation;
    onCitation(citation);
  }

  /**
   * @param {string} id
   * @param {string} title shown while the document loads
   * @param {(() => void) | null} back leads back to the list of documents
   */
  openDocument(id, title, back) {
    this._build({ id, title, citation: null, siblings: () => [], reference: null }, null, back && { label: "资料列表", run: back });
  }

  /** @param {View} view @param {HTMLElement | null} opener @param {Back | null} back */
  _build(view, opener, back) {
    const list = back && button(back.label, { icon: "back", class: "quiet to-list", onclick: back.run });
    const pane = new SourcePane([this._panel.closeButton(), list], this._words, {
      open: (id, title) => this.openDocument(id, title, null),
      follow: (reference, index) => this._follow(pane, reference, index),
      onScript: (simplified) => this._script(pane, simplified),
    });
    pane.node.addEventListener("keydown", (event) => walkByKey(event, pane.walk));
    this._panel.show(pane.node, { opener, onClose: () => this._leave() });
    this._trail = [];
    this._fill(pane, view);
  }

  _leave() {
    this._request += 1; // whatever is still loading is no longer wanted
    this._onCitation(null);
    this._onCitation = () => {};
  }

  /** @param {SourcePane} pane @param {View} view @param {Returning | null} [returning] */
  async _fill(pane, view, returning = null) {
    const request = (this._request += 1);
    this._walker(pane, view);
    this._backButton(pane);
    pane.wait(view);
    try {
      const { loaded, check } = await this._load(view.id, view.citation);
      if (request !== this._request) return;
      pane.render(view, loaded, check, this._simplified);
      pane.settle(returning);
    } catch (error) {
      if (request === this._request) pane.fail(error, () => this._fill(pane, view, returning));
    }
  }

  /** @param {string} id @param {Citation | null} citation @returns {Promise<{loaded: Loaded, check: Check | null}>} */
  async _load(id, citation) {
    const known = this._loaded.get(id);
    if (known && (known.reading || !this._wantsReading(known))) {
      const check = citation && checkQuote(known.points, citation);
      if (!check || check.verdict === "exact") return { loaded: known, check };
      // The copy in memory may be older than the answer: read the document again before doubting the quote.
    }
    const fresh = await getDocument(id, this._simplified);
    const reading = fresh.reading ? new CodePointText(fresh.reading) : null;
    const loaded = { document: fresh, points: new CodePointText(fresh.text), reading };
    this._loaded.set(id, loaded);
    return { loaded, check: citation && checkQuote(loaded.points, citation) };
  }

  /** @param {Loaded} loaded */
  _wantsReading({ document }) {
    return this._simplified && (document.traditional ?? 0) > 0;
  }

  /** @param {SourcePane} pane @param {boolean} simplified */
  async _script(pane, simplified) {
    const { view } = pane;
    const request = (this._request += 1);
    this._simplified = simplified;
    try {
      const { loaded, check } = await this._load(view.id, view.citation);
      if (request !== this._request) return;
      // The same characters in the same places: the reader stays at the line that was being read.
      pane.keepPlace(() => pane.render(view, loaded, check, simplified));
    } catch (error) {
      this._simplified = !simplified;
      if (request === this._request) pane.fail(error, () => this._fill(pane, view));
    }
  }

  /** @param {SourcePane} pane @param {Reference} reference @param {number} index of the reference */
  _follow(pane, reference, index) {
    this._trail.push({ view: pane.view, scroll: pane.body.scrollTop, opened: index });
    const { document_id: id, title } = reference;
    this._fill(pane, { id, title, citation: null, siblings: () => [], reference });
  }

  /** @param {SourcePane} pane */
  _backButton(pane) {
    const last = this._trail[this._trail.length - 1];
    if (!last) return pane.trail.replaceChildren();
    const back = () => {
      this._trail.pop();
      this._fill(pane, last.view, last);
    };
    pane.trail.replaceChildren(
      button("返回引用处", { icon: "back", class: "quiet", "data-testid": "reference-back", onclick: back }),
    );
  }

  /** @param {SourcePane} pane @param {View} view */
  _walker(pane, { citation, siblings }) {
    const all = siblings();
    const index = citation ? all.findIndex((other) => other.id === citation.id) : -1;
    if (index < 0 || all.length < 2) return pane.walk.replaceChildren();
    const step = (/** @type {string} */ name, /** @type {any} */ iconName, /** @type {number} */ to, /** @type {string} */ key) => {
      const off = to < 0 || to >= all.length;
      // aria-disabled keeps the keyboard where it is at either end; a disabled button would lose it.
      return button(name, {
        icon: iconName,
        class: "plain step",
        "aria-disabled": String(off),
        "aria-keyshortcuts": key,
        title: `${name}引文（${key === "ArrowLeft" ? "←" : "→"}）`,
        onclick: () => {
          if (off) return;
          const next = all[to];
          this._fill(pane, { id: next.document_id, title: next.title, citation: next, siblings, reference: null });
          this._onCitation(next);
          /** @type {HTMLElement} */ (pane.walk.querySelector(`[data-step="${name}"]`)).focus();
        },
        "data-step": name,
      });
    };
    pane.walk.replaceChildren(
      step("上一处", "up", index - 1, "ArrowLeft"),
      el("span", { class: "walk-place", text: `${index + 1} / ${all.length}` }),
      step("下一处", "down", index + 1, "ArrowRight"),
    );
  }
}

/** The arrow keys do what the two buttons do. @param {KeyboardEvent} event @param {HTMLElement} walk */
function walkByKey(event, walk) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const step = /** @type {HTMLElement | null} */ (walk.querySelector(`[aria-keyshortcuts="${event.key}"]`));
  if (!step) return;
  event.preventDefault();
  step.click();
}
