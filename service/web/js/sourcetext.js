/** The text of a document as nodes: paragraphs and headings, the marked excerpt, and references that can be followed. */

import { el } from "./dom.js";
import { layoutText } from "./layout.js";

/** @typedef {import("./api.js").Reference} Reference */
/** @typedef {import("./text.js").CodePointText} CodePointText */
/** @typedef {import("./layout.js").Range} Points a range in code points */
/** @typedef {(reference: Reference, index: number) => void} Follow */

/** Where each block begins in the text, in UTF-16 units. @type {WeakMap<Element, number>} */
const blockStart = new WeakMap();

/**
 * @param {Reference} reference
 * @returns {Points | null} the place it leads to in the document named; null for a text as a whole
 */
export function targetRange({ target_start: start, target_end: end }) {
  return start === null || end === null || end <= start ? null : { start, end };
}

/**
 * @param {import("./api.js").SourceDocument} document
 * @param {CodePointText} points what is read: its text, or that in another script, the same to the character
 * @param {{range: Points, id: "highlight" | "target"} | null} mark the excerpt cited, or the place referred to
 * @param {Follow} follow
 * @returns {Node[]}
 */
export function textNodes({ sections, references = [] }, points, mark, follow) {
  const units = (/** @type {Points} */ { start, end }) => ({ start: points.toUnit(start), end: points.toUnit(end) });
  const headings = sections.map((section) => ({
    ...units({ start: section.heading_start, end: section.heading_end }),
    level: section.level,
  }));
  const known = references.filter((reference) => reference.document_id !== "");
  return layoutText(points.text, headings, mark && units(mark.range), known.map(units)).map((block) => {
    const level = Math.min(6, block.level + 2);
    const node = el(block.level > 0 ? `h${level}` : "p", { class: block.level > 0 ? "source-heading" : null });
    blockStart.set(node, block.start);
    /** @type {HTMLElement | null} */
    let marked = null;
    /** The last link made, which goes on over the pieces of one reference. @type {{node: HTMLElement, index: number, inside: Node} | null} */
    let link = null;
    for (const piece of block.pieces) {
      if (piece.marked && !marked) node.append((marked = el("mark", { "data-testid": mark?.id, tabindex: "-1" })));
      const inside = piece.marked && marked ? marked : node;
      if (piece.link < 0) {
        inside.append(pieceNode(piece, block.level));
        continue;
      }
      if (link?.index !== piece.link || link.inside !== inside) {
        const made = referenceLink(known[piece.link], piece.link, follow);
        inside.append(made);
        link = { node: made, index: piece.link, inside };
      }
      link.node.append(pieceNode(piece, block.level));
    }
    for (const made of node.querySelectorAll("a")) nameLink(made, known[Number(made.dataset.reference)]);
    return node;
  });
}

/**
 * Where a place of the text stands on the page.
 *
 * @param {Element} area holds the nodes of `textNodes` and nothing else
 * @param {CodePointText} points what they were made of
 * @param {Points} place
 * @returns {{block: HTMLElement, range: globalThis.Range} | null} null for a text without words
 */
export function placeOf(area, points, { start, end }) {
  const from = points.toUnit(start);
  let block = /** @type {HTMLElement | null} */ (area.firstElementChild);
  // What stands between two blocks is an empty line: the block before it is near enough.
  for (const next of area.children) {
    if ((blockStart.get(next) ?? 0) > from) break;
    block = /** @type {HTMLElement} */ (next);
  }
  if (!block) return null;
  const first = blockStart.get(block) ?? 0;
  const range = document.createRange();
  range.setStart(...pointIn(block, from - first));
  range.setEnd(...pointIn(block, Math.max(from, points.toUnit(end)) - first));
  return { block, range };
}

/** @param {Element} block @param {number} offset in its text @returns {[Node, number]} */
function pointIn(block, offset) {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let left = offset;
  /** @type {Text | null} */
  let last = null;
  while (walker.nextNode()) {
    last = /** @type {Text} */ (walker.currentNode);
    if (left < last.data.length) return [last, left];
    left -= last.data.length;
  }
  return last ? [last, last.data.length] : [block, 0];
}

/** @param {import("./layout.js").Piece} piece @param {number} level @returns {Node | string} */
function pieceNode(piece, level) {
  if (piece.gap) return el("span", { class: "gap", text: piece.text });
  if (piece.heading && level === 0) return el("strong", { class: "source-lead", text: piece.text });
  return piece.text;
}

/**
 * A link rather than a button: a button cannot break across lines.
 *
 * @param {Reference} reference
 * @param {number} index
 * @param {Follow} follow
 */
function referenceLink(reference, index, follow) {
  const onclick = (/** @type {Event} */ event) => {
    event.preventDefault();
    follow(reference, index);
  };
  return el("a", { class: "reference", href: "#source-title", "data-testid": "reference", "data-reference": index, onclick });
}

/** @param {HTMLElement} link @param {Reference} reference */
function nameLink(link, { label }) {
  const words = link.textContent ?? "";
  link.setAttribute("aria-label", words === label ? `${words}，查看原文` : `${words}，查看${label}原文`);
}
