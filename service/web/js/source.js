/** The source panel: a whole document with the cited excerpt marked and checked against it, word for word. */

import { getDocument, originalAddress } from "./api.js";
import { authorityBadge } from "./authority.js";
import { checkQuote } from "./check.js";
import { button, el, icon } from "./dom.js";
import { chineseDate, number, placeAndPages } from "./format.js";
import { layoutText } from "./layout.js";
import { problemBlock } from "./problem.js";
import { CodePointText } from "./text.js";
import { standingBlock } from "./versions.js";

/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {import("./api.js").SourceDocument} SourceDocument */
/** @typedef {{document: SourceDocument, points: CodePointText}} Loaded */
/** @typedef {import("./check.js").Check} Check */

const VERDICTS = {
  exact: { icon: "check", text: "已核对：与原文一字不差" },
  moved: { icon: "warn", text: "资料有变动：引文还在，但位置变了，已按原句重新标出" },
  wrong: { icon: "warn", text: "核对未通过：原文里找不到这段引文，请勿引用，建议重新提问" },
};

/** @param {string} id @returns {HTMLElement} */
const originalLink = (id) =>
  el("a", { href: originalAddress(id), download: true, "data-testid": "original", text: "下载原件" });

/** @param {SourceDocument} document @param {Check | null} check @returns {Node[]} */
function textNodes({ sections }, points, check) {
  const headings = sections.map((section) => ({
    start: points.toUnit(section.heading_start),
    end: points.toUnit(section.heading_end),
    level: section.level,
  }));
  return layoutText(points.text, headings, check?.range ?? null).map((block) => {
    const level = Math.min(6, block.level + 2);
    const node = el(block.level > 0 ? `h${level}` : "p", { class: block.level > 0 ? "source-heading" : null });
    /** @type {HTMLElement | null} */
    let mark = null;
    for (const piece of block.pieces) {
      if (piece.marked && !mark) node.append((mark = el("mark", { "data-testid": "highlight" })));
      (piece.marked && mark ? mark : node).append(pieceNode(piece, block.level));
    }
    return node;
  });
}

/** @param {import("./layout.js").Piece} piece @param {number} level @returns {Node | string} */
function pieceNode(piece, level) {
  if (piece.gap) return el("span", { class: "gap", text: piece.text });
  if (piece.heading && level === 0) return el("strong", { class: "source-lead", text: piece.text });
  return piece.text;
}

/** Shows one document at a time in the panel. */
export class SourceView {
  /** @param {import("./panel.js").Panel} panel */
  constructor(panel) {
    this._panel = panel;
    /** Documents read in this page's life. @type {Map<string, Loaded>} */
    this._loaded = new Map();
    this._request = 0;
    /** @type {(citation: Citation | null) => void} */
    this._onCitation = () => {};
  }

  /**
   * @param {Citation} citation
   * @param {{opener: HTMLElement, siblings: () => Citation[], onCitation: (citation: Citation | null) => void}} options
   *   `siblings` are all citations of the answer; `onCitation` hears which one is shown, null when none is any more
   */
  openCitation(citation, { opener, siblings, onCitation }) {
    this._build({ id: citation.document_id, citation, opener, siblings, back: null });
    this._onCitation = onCitation;
    onCitation(citation);
  }

  /**
   * @param {string} id
   * @param {string} title shown while the document loads
   * @param {(() => void) | null} back leads back to the list of documents
   */
  openDocument(id, title, back) {
    this._build({ id, title, citation: null, opener: null, siblings: () => [], back });
  }

  _build({ id, title = "", citation, opener, siblings, back }) {
    const parts = {
      title: el("h2", { class: "panel-title", id: "source-title", tabindex: "-1", "data-autofocus": true }),
      about: el("p", { class: "panel-about" }),
      standing: el("div", { class: "source-standing" }),
      location: el("p", { class: "source-location" }),
      check: el("p", { class: "check", role: "status" }),
      walk: el("nav", { class: "walk", "aria-label": "本次回答的引文" }),
      body: el("div", { class: "source-body", tabindex: "0", role: "region", "aria-label": "资料全文" }),
    };
    const list = back && button("资料列表", { icon: "back", class: "quiet", onclick: back });
    const head = el(
      "header",
      { class: "panel-head" },
      el("div", { class: "panel-bar" }, this._panel.closeButton(), list, parts.walk),
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
    parts.title.textContent = citation?.title ?? title;
    this._panel.show(node, { opener, onClose: () => this._leave() });
    this._fill(parts, id, citation, siblings);
  }

  _leave() {
    this._request += 1; // whatever is still loading is no longer wanted
    this._onCitation(null);
    this._onCitation = () => {};
  }

  async _fill(parts, id, citation, siblings) {
    const request = (this._request += 1);
    this._walker(parts, citation, siblings);
    parts.title.textContent = citation?.title ?? parts.title.textContent;
    parts.location.textContent = citation ? placeAndPages(citation) : "";
    parts.standing.replaceChildren();
    parts.check.replaceChildren();
    parts.check.removeAttribute("data-verdict");
    parts.body.replaceChildren(el("p", { class: "loading", text: "正在打开原文…" }));
    try {
      const { loaded, check } = await this._load(id, citation);
      if (request !== this._request) return;
      this._render(parts, loaded, check);
    } catch (error) {
      if (request !== this._request) return;
      parts.body.replaceChildren(problemBlock(error, () => this._fill(parts, id, citation, siblings)));
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

  _render(parts, { document, points }, check) {
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
      parts.check.replaceChildren(icon(name), el("span", { text }));
    }
    parts.body.replaceChildren(el("div", { class: "source-text" }, ...textNodes(document, points, check)));
    const mark = parts.body.querySelector("mark");
    // Scrolled by hand: scrollIntoView would also move the page around the panel.
    parts.body.scrollTop = 0;
    if (mark) {
      const offset = mark.getClientRects()[0].top - parts.body.getBoundingClientRect().top;
      parts.body.scrollTop = Math.max(0, offset - parts.body.clientHeight / 4);
    }
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
          this._fill(parts, all[to].document_id, all[to], siblings);
          this._onCitation(all[to]);
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
