/** A document's headings as a list to go by. */

import { el } from "./dom.js";

/** @typedef {import("./sourcetext.js").Points} Points */

/**
 * @param {import("./api.js").Section[]} sections
 * @param {import("./text.js").CodePointText} points what is read
 * @param {number | null} at where the reader is
 * @param {(place: Points) => void} go
 * @returns {HTMLElement}
 */
export function outlineList(sections, points, at, go) {
  const around = sections.filter(({ start, end }) => at !== null && start <= at && at < end);
  const here = around[around.length - 1];
  const shallowest = Math.min(...sections.map(({ level }) => level));
  const items = sections.map((section) => {
    const place = { start: section.heading_start, end: section.heading_end };
    const words = points.slice(place.start, place.end).trim() || section.title;
    const open = el("button", {
      type: "button",
      class: "outline-item",
      "data-depth": Math.min(section.level - shallowest, 4),
      "aria-current": section === here && "true",
      onclick: () => go(place),
      text: words,
    });
    return el("li", {}, open);
  });
  return el("ol", { class: "outline", "data-testid": "outline" }, ...items);
}
