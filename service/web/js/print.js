/** Printing: one answer or the whole dialogue, with the sources listed in full. */

import { el } from "./dom.js";
import { authorityLabel, bookTitle, pageNumbers, sourceAndDate } from "./format.js";

/**
 * The sources as they are printed below an answer; the screen has the panel instead.
 *
 * @param {import("./api.js").Citation[]} citations
 * @returns {HTMLElement}
 */
export function printedSources(citations) {
  const items = citations.map((citation) => {
    const about = [authorityLabel(citation), sourceAndDate(citation), citation.location, pageNumbers(citation.pages)];
    return el(
      "li",
      {},
      el("span", { class: "printed-number", text: `[${citation.id}]` }),
      el("strong", { text: bookTitle(citation.title) }),
      ...[about.filter(Boolean).join("，")].filter(Boolean).map((words) => el("span", { text: `，${words}` })),
      el("q", { text: citation.quote }),
    );
  });
  return el("section", { class: "printed-sources", "data-testid": "printed-sources" }, el("h3", { text: "资料来源" }), el("ol", {}, ...items));
}

/** @param {HTMLElement} turn the only one to be printed */
export function printTurn(turn) {
  turn.classList.add("print-this");
  document.body.classList.add("print-one");
  const done = () => {
    turn.classList.remove("print-this");
    document.body.classList.remove("print-one");
  };
  window.addEventListener("afterprint", done, { once: true });
  window.print();
}
