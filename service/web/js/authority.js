/** Who speaks and how binding it is: the badge beside a source, and the lines that set rules apart from practice. */

import { el } from "./dom.js";
import { authorityLabel, groupLeads } from "./format.js";

/** @typedef {{rank?: string, nature?: string}} Known */

/** @param {Known} item a document or a citation @returns {HTMLElement | null} */
export function authorityBadge(item) {
  const label = authorityLabel(item);
  return label ? el("span", { class: "badge", "data-nature": item.nature ?? "", "data-testid": "badge", text: label }) : null;
}

/**
 * Sets the group lines into a list of claims.
 *
 * @param {HTMLElement} list its items are the claims, in order
 * @param {string} kind
 * @param {{nature?: string}[]} claims
 */
export function markGroups(list, kind, claims) {
  for (const line of list.querySelectorAll(".claim-group")) line.remove();
  const items = [...list.children];
  for (const [index, lead] of groupLeads(kind, claims).entries()) {
    if (lead) items[index]?.before(el("li", { class: "claim-group", text: lead }));
  }
}
