/** What came nearest where nothing answers the question: shown for what it is, not as an answer. */

import { authorityBadge } from "./authority.js";
import { el } from "./dom.js";
import { bookTitle, placeAndPages } from "./format.js";

/**
 * @param {import("./api.js").Citation[]} related
 * @param {import("./answer.js").AnswerActions} actions
 * @returns {HTMLElement}
 */
export function relatedList(related, actions) {
  const items = related.map((citation) => {
    const open = el(
      "button",
      { type: "button", class: "related-item", "data-testid": "related", onclick: () => actions.openCitation(citation, open) },
      el("span", { class: "related-title", text: bookTitle(citation.title) }),
      el("span", { class: "related-about" }, authorityBadge(citation), placeAndPages(citation)),
      el("span", { class: "related-quote", text: citation.quote }),
    );
    return el("li", {}, open);
  });
  return el("div", { class: "related" }, el("h3", { class: "small-title", text: "内容最接近的原文（不是答案）" }), el("ul", {}, ...items));
}
