/** The page's own check of a citation: it does not take the service's word for a quote. */

/** @typedef {{verdict: "exact"|"moved"|"wrong", range: import("./layout.js").Range | null}} Check the range counts code points */

/**
 * @param {import("./text.js").CodePointText} points the document's text
 * @param {{quote: string, start: number, end: number}} citation
 * @returns {Check} `exact`: the quote stands at its offsets; `moved`: elsewhere in the text; `wrong`: nowhere
 */
export function checkQuote(points, citation) {
  const { quote, start, end } = citation;
  if (quote !== "" && points.slice(start, end) === quote) return { verdict: "exact", range: { start, end } };
  const at = quote === "" ? -1 : points.text.indexOf(quote);
  if (at < 0) return { verdict: "wrong", range: null };
  return { verdict: "moved", range: { start: points.toPoint(at), end: points.toPoint(at + quote.length) } };
}

/**
 * @param {string} text
 * @returns {Promise<string>} its SHA-256 in hex, worked out here; empty where the browser only does so on https
 */
export async function digest(text) {
  if (!globalThis.crypto?.subtle) return "";
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
