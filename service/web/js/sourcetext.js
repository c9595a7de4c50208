/** The text of a document as nodes: paragraphs and headings, the marked excerpt, and references that can be followed. */

import { el } from "./dom.js";
import { layoutText } from "./layout.js";

/** @typedef {import("./api.js").Reference} Reference */
/** @typedef {import("./text.js").CodePointText} CodePointText */
/** @typedef {(reference: Reference, index: number) => void} Follow */

/**
 * @param {CodePointText} points the text of the document that the reference leads to
 * @param {Reference} reference
 * @returns {import("./layout.js").Range | null} the place in UTF-16 units; null for a text as a whole
 */
export function targetRange(points, { target_start: start, target_end: end }) {
  if (start === null || end === null || end <= start) return null;
  return { start: points.toUnit(start), end: points.toUnit(end) };
}

/**
 * @param {import("./api.js").SourceDocument} document
 * @param {CodePointText} points its text
 * @param {{range: import("./layout.js").Range, id: "highlight" | "target"} | null} mark the excerpt cited, or the place referred to
 * @param {Follow} follow
 * @returns {Node[]}
 */
export function textNodes({ sections, references = [] }, points, mark, follow) {
  const headings = sections.map((section) => ({
    start: points.toUnit(section.heading_start),
    end: points.toUnit(section.heading_end),
    level: section.level,
  }));
  const known = references.filter((reference) => reference.document_id !== "");
  const links = known.map(({ start, end }) => ({ start: points.toUnit(start), end: points.toUnit(end) }));
  return layoutText(points.text, headings, mark?.range ?? null, links).map((block) => {
    const level = Math.min(6, block.level + 2);
    const node = el(block.level > 0 ? `h${level}` : "p", { class: block.level > 0 ? "source-heading" : null });
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
