/** What the source panel shows of one document: what is known of it, its tools, and the text with the excerpt marked. */

import { authorityBadge } from "./authority.js";
import { el } from "./dom.js";
import { chineseDate, number, placeAndPages } from "./format.js";
import { problemBlock } from "./problem.js";
import { SourceCheck } from "./sourcecheck.js";
import { placeOf, targetRange, textNodes } from "./sourcetext.js";
import { SourceTools } from "./sourcetools.js";
import { standingBlock } from "./versions.js";

/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {import("./api.js").Reference} Reference */
/** @typedef {import("./sourcetext.js").Points} Points */
/** @typedef {import("./text.js").CodePointText} CodePointText */
/** @typedef {{document: import("./api.js").SourceDocument, points: CodePointText, reading: CodePointText | null}} Loaded `reading` is the text in simplified script, once it was asked for */
/**
 * A document with a citation of the answer, with the place a reference leads to, or as a whole.
 *
 * @typedef {{id: string, title: string, citation: Citation | null, siblings: () => Citation[], reference: Reference | null}} View
 */

/** How far below the upper edge a place is brought, as a share of the height. */
const LOOK_AT = 0.25;

export class SourcePane {
  /**
   * @param {(Node | null)[]} ways what leads out of the panel
   * @param {import("./source.js").Words} words
   * @param {{open: (id: string, title: string) => void, follow: (reference: Reference, index: number) => void, onScript: (simplified: boolean) => void}} actions
   */
  constructor(ways, words, actions) {
    this._actions = actions;
    this._title = el("h2", { class: "panel-title", id: "source-title", tabindex: "-1", "data-autofocus": true });
    this._about = el("p", { class: "panel-about" });
    this._standing = el("div", { class: "source-standing" });
    this._location = el("p", { class: "source-location" });
    this._check = new SourceCheck(words.again);
    this._tools = new SourceTools({ go: (place) => this._go(place), onScript: actions.onScript });
    this.walk = el("nav", { class: "walk", "aria-label": words.walk });
    this.trail = el("span", { class: "trail" });
    this.body = el("div", { class: "source-body", tabindex: "0", role: "region", "aria-label": "资料全文" });
    /** @type {View} */
    this.view = { id: "", title: "", citation: null, siblings: () => [], reference: null };
    /** What is read. @type {CodePointText | null} */
    this._points = null;
    const bar = el("div", { class: "panel-bar" }, ...ways, this.trail, this.walk);
    const head = [this._title, this._about, this._standing, this._location, this._check.node, this._tools.bar];
    this.node = el(
      "section",
      { class: "source", "data-testid": "source", "aria-labelledby": "source-title" },
      el("header", { class: "panel-head" }, bar, ...head),
      this._tools.drawer,
      this.body,
    );
  }

  /** @param {View} view it is on its way */
  wait(view) {
    this.view = view;
    const { title, citation, reference } = view;
    this._points = null;
    this._title.textContent = title;
    this._about.replaceChildren();
    this._standing.replaceChildren();
    this._location.textContent = reference ? `引用：${reference.label}` : citation ? placeAndPages(citation) : "";
    this._check.clear();
    this._tools.clear();
    this.body.replaceChildren(el("p", { class: "loading", text: "正在打开原文…" }));
  }

  /** @param {unknown} error @param {() => void} retry */
  fail(error, retry) {
    this.body.replaceChildren(problemBlock(error, retry));
  }

  /** @param {View} view @param {Loaded} loaded @param {import("./check.js").Check | null} check @param {boolean} simplified */
  render(view, { document, points, reading }, check, simplified) {
    this._facts(document, points);
    if (view.citation && check) this._check.show(view.citation, check);
    const shown = (simplified && reading) || points;
    const target = view.reference && targetRange(view.reference);
    /** @type {{range: Points, id: "highlight" | "target"} | null} */
    const mark = target ? { range: target, id: "target" } : check?.range ? { range: check.range, id: "highlight" } : null;
    this._tools.show({ document, points, shown, at: mark?.range.start ?? null });
    this._points = shown;
    const note = shown !== points && el("p", { class: "source-note", text: "这是简体对照，与原文逐字对应；引用请以原文为准。" });
    const text = el("div", { class: "source-text" }, ...textNodes(document, shown, mark, this._actions.follow));
    this.body.replaceChildren(...[note, text].filter((node) => node !== false));
  }

  /** @param {import("./api.js").SourceDocument} document @param {CodePointText} points */
  _facts(document, points) {
    const { title, subtitle, rank, source, published, authors } = document;
    const kind = document.kind === rank ? "" : document.kind; // the badge says it
    this._title.textContent = title;
    const length = `${number(document.characters ?? points.length)} 字`;
    const facts = [kind, source, chineseDate(published), (authors ?? []).join("、"), length];
    const badge = authorityBadge({ rank: document.rank, nature: document.nature });
    const lines = [...(subtitle ? [subtitle, el("br")] : []), ...(badge ? [badge] : []), facts.filter(Boolean).join(" · ")];
    this._about.replaceChildren(...lines);
    this._standing.replaceChildren(...standingBlock(document, this._actions.open));
  }

  /**
   * Brings the reader to the mark, or back to where the reader was; the keyboard goes along where a reference was followed.
   *
   * @param {{scroll: number, opened: number} | null} returning where in the text, and at which reference, the reader was
   */
  settle(returning) {
    /** @type {HTMLElement | null} */
    const mark = this.body.querySelector("mark");
    // Scrolled by hand: scrollIntoView would also move the page around the panel.
    this.body.scrollTop = returning?.scroll ?? 0;
    if (returning) {
      const link = /** @type {HTMLElement | null} */ (this.body.querySelector(`[data-reference="${returning.opened}"]`));
      (link ?? this._title).focus({ preventScroll: true });
      return;
    }
    if (mark) this._bring(mark.getClientRects()[0]);
    if (this.view.reference) (mark ?? this._title).focus({ preventScroll: true });
  }

  /** @param {() => void} change of what is shown, after which the reader is where the reader was */
  keepPlace(change) {
    const { scrollTop } = this.body;
    const held = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.testid : "";
    change();
    this.body.scrollTop = scrollTop;
    if (held) /** @type {HTMLElement | null} */ (this.node.querySelector(`[data-testid="${held}"]`))?.focus({ preventScroll: true });
  }

  /** @param {Points} place from the outline or the list of repairs */
  _go(place) {
    const area = this.body.querySelector(".source-text");
    const found = area && this._points && placeOf(area, this._points, place);
    if (!found) return;
    const { block, range } = found;
    this._bring(range.getClientRects()[0] ?? block.getBoundingClientRect());
    block.tabIndex = -1;
    block.focus({ preventScroll: true });
    // Marks a place without touching the nodes; where a browser cannot, the place is still in view.
    if ("highlights" in CSS) CSS.highlights.set("place", new Highlight(range));
  }

  /** @param {DOMRect} [rect] */
  _bring(rect) {
    if (!rect) return;
    const top = rect.top - this.body.getBoundingClientRect().top;
    this.body.scrollTop = Math.max(0, this.body.scrollTop + top - this.body.clientHeight * LOOK_AT);
  }
}
