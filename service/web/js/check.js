/** The page's own check of a citation: it does not take the service's word for a quote. */

/** @typedef {{verdict: "exact"|"moved"|"wrong", range: import("./layout.js").Range | null}} Check the range counts UTF-16 units */

/**
 * @param {import("./text.js").CodePointText} points the document's text
 * @param {{quote: string, start: number, end: number}} citation
 * @returns {Check} `exact`: the quote stands at its offsets; `moved`: elsewhere in the text; `wrong`: nowhere
 */
export function checkQuote(points, citation) {
  const range = { start: points.toUnit(citation.start), end: points.toUnit(citation.end) };
  if (citation.quote !== "" && points.slice(citation.start, citation.end) === citation.quote) {
    return { verdict: "exact", range };
  }
  const at = citation.quote === "" ? -1 : points.text.indexOf(citation.quote);
  if (at < 0) return { verdict: "wrong", range: null };
  return { verdict: "moved", range: { start: at, end: at + citation.quote.length } };
}
