/**
 * How a document's text is cut into paragraphs, headings, references and one highlighted excerpt. Pure data in and out, UTF-16
 * offsets; `source.js` turns the result into DOM nodes.
 */

/** @typedef {{start: number, end: number}} Range */
/** @typedef {{start: number, end: number, level: number}} HeadingRange */
/** @typedef {{text: string, marked: boolean, heading: boolean, gap: boolean, link: number}} Piece `gap`: a line break that stands alone, shown as the space between paragraphs; `link`: the index of the reference it is part of, -1 for none */
/** @typedef {{start: number, level: number, pieces: Piece[]}} TextBlock `level` 0 is a paragraph */

/**
 * Each line becomes a block, except that the lines an excerpt runs across stay one block: its highlight can then be
 * a single element whose text, line breaks included, is the excerpt itself. Blank lines outside it are left out.
 *
 * @param {string} text
 * @param {HeadingRange[]} headings
 * @param {Range | null} mark
 * @param {Range[]} [links] ascending and apart
 * @returns {TextBlock[]}
 */
export function layoutText(text, headings, mark, links = []) {
  const numbered = links.map((range, index) => ({ ...range, index }));
  const sorted = headings.filter((range) => range.end > range.start).sort((a, b) => a.start - b.start);
  /** @type {TextBlock[]} */
  const blocks = [];
  let firstHeading = 0;
  let firstLink = 0;
  let start = 0;
  while (start < text.length) {
    let end = lineEnd(text, start);
    while (mark && end < text.length && mark.start <= end && mark.end > end) end = lineEnd(text, end + 1);
    while (firstHeading < sorted.length && sorted[firstHeading].end <= start) firstHeading += 1;
    const here = [];
    for (let at = firstHeading; at < sorted.length && sorted[at].start < end; at += 1) here.push(sorted[at]);
    while (firstLink < numbered.length && numbered[firstLink].end <= start) firstLink += 1;
    const linked = [];
    for (let at = firstLink; at < numbered.length && numbered[at].start < end; at += 1) linked.push(numbered[at]);
    const marked = mark !== null && mark.start < end && mark.end > start;
    if (marked || text.slice(start, end).trim() !== "") {
      blocks.push(cutBlock(text, { start, end }, here, marked ? mark : null, linked));
    }
    start = end + 1;
  }
  return blocks;
}

/** @param {string} text @param {number} from */
function lineEnd(text, from) {
  const at = text.indexOf("\n", from);
  return at < 0 ? text.length : at;
}

/**
 * @param {string} text
 * @param {Range} range
 * @param {HeadingRange[]} headings
 * @param {Range | null} mark
 * @param {(Range & {index: number})[]} links
 * @returns {TextBlock}
 */
function cutBlock(text, range, headings, mark, links) {
  const cuts = new Set([range.start, range.end]);
  const cut = (/** @type {number} */ at) => {
    if (at > range.start && at < range.end) cuts.add(at);
  };
  for (const other of [...headings, ...links, ...(mark ? [mark] : [])]) {
    cut(other.start);
    cut(other.end);
  }
  for (let at = text.indexOf("\n", range.start); at >= 0 && at < range.end; at = text.indexOf("\n", at + 1)) {
    cut(at);
    cut(at + 1);
  }
  const bounds = [...cuts].sort((a, b) => a - b);
  const inside = (/** @type {Range} */ outer, /** @type {number} */ at) => outer.start <= at && at < outer.end;
  /** @type {Piece[]} */
  const pieces = [];
  for (let index = 0; index + 1 < bounds.length; index += 1) {
    const at = bounds[index];
    const part = text.slice(at, bounds[index + 1]);
    pieces.push({
      text: part,
      marked: mark !== null && inside(mark, at),
      heading: headings.some((heading) => inside(heading, at)),
      link: links.find((link) => inside(link, at))?.index ?? -1,
      gap: part === "\n" && text[at - 1] !== "\n" && text[at + 1] !== "\n",
    });
  }
  const oneLine = pieces.every((piece) => piece.text !== "\n");
  const whole = oneLine && pieces.every((piece) => piece.heading || piece.text.trim() === "");
  return { start: range.start, level: whole && headings.length > 0 ? headings[0].level : 0, pieces };
}
