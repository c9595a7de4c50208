/** 归纳: what a language model wrote from the excerpts and the service checked, set apart from the excerpts' own words. */

import { citationChip } from "./citations.js";
import { el } from "./dom.js";

/**
 * @param {import("./api.js").Answer} answer
 * @param {import("./answer.js").FindCitation} find
 * @param {import("./answer.js").AnswerActions} actions
 * @returns {HTMLElement[]} empty where there is none
 */
export function summaryBlock({ summary = [] }, find, actions) {
  if (summary.length === 0) return [];
  const items = summary.map(({ text, citations }) => {
    const known = citations.flatMap((id) => find(id) ?? []);
    const chips = known.map((citation) => citationChip(citation, actions.openCitation));
    // A line never begins with a number: the last two characters go along with it.
    const characters = [...text];
    const tail = characters.splice(-2).join("");
    return el("li", {}, characters.join(""), el("span", { class: "keep" }, tail, chips[0]), ...chips.slice(1));
  });
  const about = "语言模型据原文写成，每句已与引文核对；不是原文，请以下面的原文为准";
  return [
    el(
      "section",
      { class: "summary", "data-testid": "summary", "aria-label": "归纳" },
      el("p", { class: "summary-head" }, el("strong", { text: "归纳" }), el("span", { text: about })),
      el("ul", { class: "summary-lines" }, ...items),
    ),
  ];
}
