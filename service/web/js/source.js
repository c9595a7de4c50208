/** The source panel: a whole document with the cited excerpt marked and checked against it, word for word. */

import { getDocument, originalAddress } from "./api.js";
import { authorityBadge } from "./authority.js";
import { checkQuote } from "./check.js";
import { button, el, icon } from "./dom.js";
import { chineseDate, number, placeAndPages } from "./format.js";
import { problemBlock } from "./problem.js";
import { targetRange, textNodes } from "./sourcetext.js";
import { CodePointText } from "./text.js";
import { standingBlock } from "./versions.js";

/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {import("./api.js").SourceDocument} SourceDocument */
/** @typedef {{document: SourceDocument, points: CodePointText}} Loaded */
/** @typedef {import("./check.js").Check} Check */

const VERDICTS = {
  exact: { icon: "check", text: "已核对：与原文一字不差" },
  moved: { icon: "warn", text: "资料有变动：引文还在，但位置变了，已按原句重新标出" },
  wrong: { icon: "warn", text: "核对未通过：原文里找不到这段引文，请勿引用，建议" },
};

/** @param {string} id @returns {HTMLElement} */
const originalLink = (id) =>
  el("a", { href: originalAddress(id), download: true, "data-testid": "original", text: "下载原件" });

/** @typedef {import("./api.js").Reference} Reference */
/** @typedef {{label: string, run: () => void}} Back the way to a list that the source was opened from */
/**
 * What the panel shows: a document with a citation of the answer, with the place a reference leads to, or as a whole.
 *
 * @typedef {{id: string, title: string, citation: Citation | null, siblings: () => Citation[], reference: Reference | null}} View
 */

/** Shows one document at a time in the panel. */
export class SourceView {
  /**
   * @param {import("./panel.js").Panel} panel
   * @param {{walk: string, again: string}} [words] what the citations belong to, and what to do about one that is wrong
   */
  constructor(panel, words = { walk: "本次回答的引文", again: "重新提问" }) {
    this._panel = panel;
    this._words = words;
    /** Documents read in this page's life. @type {Map<string, Loaded>} */
    this._loaded = new Map();
    this._request = 0;
    /** @type {(citation: Citation | null) => void} */
    this._onCitation = () => {};
    /** Where the reader came from, by following references. @type {{view: View, scroll: number, opened: number}[]} */
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
    const parts = {
      title: el("h2", { class: "panel-title", id: "source-title", tabindex: "-1", "data-autofocus": true }),
      about: el("p", { class: "panel-about" }),
      standing: el("div", { class: "source-standing" }),
      location: el("p", { class: "source-location" }),
      check: el("p", { class: "check", role: "status" }),
      walk: el("nav", { class: "walk", "aria-label": this._words.walk }),
      trail: el("span", { class: "trail" }),
      body: el("div", { class: "source-body", tabindex: "0", role: "region", "aria-label": "资料全文" }),
    };
    const list = back && button(back.label, { icon: "back", class: "quiet to-list", onclick: back.run });
    const head = el(
      "header",
      { class: "panel-head" },
      el("div", { class: "panel-bar" }, this._panel.closeButton(), list, parts.trail, parts.walk),
      parts.title,
      parts.about,
      parts.standing,
      parts.location,
      parts.check,
    );
    const node = el(
      "section",
      { class: "source", "data-testid": "source", "aria-labelledby": "source-title" },
      head,
      parts.body,
    );
    parts.title.textContent = view.title;
    this._panel.show(node, { opener, onClose: () => this._leave() });
    this._trail = [];
    this._fill(parts, view);
  }

  _leave() {
    this._request += 1; // whatever is still loading is no longer wanted
    this._onCitation(null);
    this._onCitation = () => {};
  }

  /**
   * @param {any} parts
   * @param {View} view
   * @param {{scroll: number, opened: number} | null} [returning] where in the text, and at which reference, the reader was
   */
  async _fill(parts, view, returning = null) {
    const request = (this._request += 1);
    const { id, citation, siblings, reference } = view;
    this._walker(parts, citation, siblings);
    this._backButton(parts);
    parts.title.textContent = view.title;
    parts.about.replaceChildren();
    parts.standing.replaceChildren();
    parts.location.textContent = reference ? `引用：${reference.label}` : citation ? placeAndPages(citation) : "";
    parts.check.replaceChildren();
    parts.check.removeAttribute("data-verdict");
    parts.body.replaceChildren(el("p", { class: "loading", text: "正在打开原文…" }));
    try {
      const { loaded, check } = await this._load(id, citation);
      if (request !== this._request) return;
      this._render(parts, view, loaded, check);
      this._settle(parts, view, returning);
    } catch (error) {
      if (request !== this._request) return;
      parts.body.replaceChildren(problemBlock(error, () => this._fill(parts, view, returning)));
    }
  }

  /** @returns {Promise<{loaded: Loaded, check: Check | null}>} */
  async _load(id, citation) {
    const known = this._loaded.get(id);
    if (known) {
      const check = citation && checkQuote(known.points, citation);
      if (!check || check.verdict === "exact") return { loaded: known, check };
      // The copy in memory may be older than the answer: read the document again before doubting the quote.
    }
    const fresh = await getDocument(id);
    const loaded = { document: fresh, points: new CodePointText(fresh.text) };
    this._loaded.set(id, loaded);
    return { loaded, check: citation && checkQuote(loaded.points, citation) };
  }

  /** @param {any} parts @param {View} view @param {Loaded} loaded @param {Check | null} check */
  _render(parts, view, { document, points }, check) {
    const { title, subtitle, rank, source, published, authors } = document;
    const kind = document.kind === rank ? "" : document.kind; // the badge says it
    parts.title.textContent = title;
    const length = `${number(document.characters ?? points.length)} 字`;
    const facts = [kind, source, chineseDate(published), (authors ?? []).join("、"), length];
    const about = facts.filter(Boolean).join(" · ");
    const badge = authorityBadge({ rank: document.rank, nature: document.nature });
    const original = document.original && [" · ", originalLink(document.id)];
    const lines = [...(subtitle ? [subtitle, el("br")] : []), ...(badge ? [badge] : []), about];
    parts.about.replaceChildren(...lines, ...(original || []));
    const open = (/** @type {string} */ id, /** @type {string} */ name) => this.openDocument(id, name, null);
    parts.standing.replaceChildren(...standingBlock(document, open));
    if (check) {
      const { icon: name, text } = VERDICTS[check.verdict];
      parts.check.dataset.verdict = check.verdict;
      parts.check.replaceChildren(icon(name), el("span", { text: check.verdict === "wrong" ? text + this._words.again : text }));
    }
    const target = view.reference && targetRange(points, view.reference);
    const mark = target ? { range: target, id: "target" } : check?.range ? { range: check.range, id: "highlight" } : null;
    const follow = (/** @type {Reference} */ to, /** @type {number} */ index) => this._follow(parts, view, to, index);
    parts.body.replaceChildren(el("div", { class: "source-text" }, ...textNodes(document, points, mark, follow)));
  }

  /**
   * Brings the reader to the mark, or back to where the reader was; the keyboard goes along where a reference was followed.
   *
   * @param {any} parts
   * @param {View} view
   * @param {{scroll: number, opened: number} | null} returning
   */
  _settle(parts, view, returning) {
    /** @type {HTMLElement | null} */
    const mark = parts.body.querySelector("mark");
    // Scrolled by hand: scrollIntoView would also move the page around the panel.
    parts.body.scrollTop = returning?.scroll ?? 0;
    if (returning) {
      const link = parts.body.querySelector(`[data-reference="${returning.opened}"]`);
      (link ?? parts.title).focus({ preventScroll: true });
      return;
    }
    if (mark) {
      const offset = mark.getClientRects()[0].top - parts.body.getBoundingClientRect().top;
      parts.body.scrollTop = Math.max(0, offset - parts.body.clientHeight / 4);
    }
    if (view.reference) (mark ?? parts.title).focus({ preventScroll: true });
  }

  /** @param {any} parts @param {View} view @param {Reference} reference @param {number} index of the reference */
  _follow(parts, view, reference, index) {
    this._trail.push({ view, scroll: parts.body.scrollTop, opened: index });
    const { document_id: id, title } = reference;
    this._fill(parts, { id, title, citation: null, siblings: () => [], reference });
  }

  _backButton(parts) {
    const last = this._trail[this._trail.length - 1];
    if (!last) return parts.trail.replaceChildren();
    const back = () => {
      this._trail.pop();
      this._fill(parts, last.view, last);
    };
    parts.trail.replaceChildren(
      button("返回引用处", { icon: "back", class: "quiet", "data-testid": "reference-back", onclick: back }),
    );
  }

  _walker(parts, citation, siblings) {
    const all = siblings();
    const index = citation ? all.findIndex((other) => other.id === citation.id) : -1;
    if (index < 0 || all.length < 2) return parts.walk.replaceChildren();
    const step = (/** @type {string} */ name, /** @type {any} */ iconName, /** @type {number} */ to) => {
      const off = to < 0 || to >= all.length;
      // aria-disabled keeps the keyboard where it is at either end; a disabled button would lose it.
      return button(name, {
        icon: iconName,
        class: "plain step",
        "aria-disabled": String(off),
        onclick: () => {
          if (off) return;
          const next = all[to];
          this._fill(parts, { id: next.document_id, title: next.title, citation: next, siblings, reference: null });
          this._onCitation(next);
          /** @type {HTMLElement} */ (parts.walk.querySelector(`[data-step="${name}"]`)).focus();
        },
        "data-step": name,
      });
    };
    parts.walk.replaceChildren(
      step("上一处", "up", index - 1),
      el("span", { class: "walk-place", text: `${index + 1} / ${all.length}` }),
      step("下一处", "down", index + 1),
    );
  }
}
