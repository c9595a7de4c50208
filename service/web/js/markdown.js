/**
 * The little Markdown that answers use, read into plain data. Nothing here makes HTML: `answer.js` builds DOM nodes
 * from the data with text nodes only, so markup inside an answer stays visible text.
 */

/** @typedef {{kind: "text"|"strong", text: string} | {kind: "citation", id: number}} Inline */
/** @typedef {{kind: "paragraph"|"heading"|"quote", lines: Inline[][]} | {kind: "list", ordered: boolean, start: number, items: Inline[][]}} Block */

const BULLET = /^\s*[-*+•]\s+(.*)$/u;
const NUMBERED = /^\s*(\d{1,4})[.)、．]\s*(.*)$/u;
const HEADING = /^#{1,6}\s+(.*?)\s*#*$/u;
const QUOTE = /^\s*>\s?(.*)$/u;
const INLINE = /\*\*([^*\n]+)\*\*|\[(\d{1,4})\]/gu;

/**
 * @param {string} text one line
 * @returns {Inline[]} runs of text, **strong** text and [n] citation markers, in order
 */
export function parseInline(text) {
  /** @type {Inline[]} */
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) parts.push({ kind: "text", text: text.slice(from, match.index) });
    if (match[1] !== undefined) parts.push({ kind: "strong", text: match[1] });
    else parts.push({ kind: "citation", id: Number(match[2]) });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: "text", text: text.slice(from) });
  return parts;
}

/**
 * @param {string} markdown
 * @returns {Block[]}
 */
export function parseMarkdown(markdown) {
  /** @type {Block[]} */
  const blocks = [];
  let open = null;
  for (const line of markdown.replaceAll("\r\n", "\n").split("\n")) {
    if (line.trim() === "") {
      // A list may have blank lines between its points; anything else ends here.
      if (open?.kind !== "list") open = null;
      continue;
    }
    const next = readLine(line);
    if (next.kind === "list") {
      if (open?.kind === "list" && open.ordered === next.ordered) open.items.push(...next.items);
      else blocks.push((open = next));
    } else if (open && open.kind === next.kind && next.kind !== "heading") {
      open.lines.push(...next.lines);
    } else {
      blocks.push((open = next));
    }
  }
  return blocks;
}

/**
 * @param {string} line
 * @returns {Block}
 */
function readLine(line) {
  let match = HEADING.exec(line);
  if (match) return { kind: "heading", lines: [parseInline(match[1])] };
  match = BULLET.exec(line);
  if (match) return { kind: "list", ordered: false, start: 1, items: [parseInline(match[1])] };
  match = NUMBERED.exec(line);
  if (match) return { kind: "list", ordered: true, start: Number(match[1]), items: [parseInline(match[2])] };
  match = QUOTE.exec(line);
  if (match) return { kind: "quote", lines: [parseInline(match[1])] };
  return { kind: "paragraph", lines: [parseInline(line.trim())] };
}
