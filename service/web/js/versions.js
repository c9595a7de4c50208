/** What a regulation is today, and the ways to its other versions: a badge, a link to the newer one, comparisons. */

import { button, el } from "./dom.js";

/** @typedef {import("./api.js").SourceDocument} SourceDocument */
/** @typedef {import("./api.js").Version} Version */

/** @param {string} status @returns {HTMLElement | null} nothing where the question does not arise */
export function statusBadge(status) {
  return status ? el("span", { class: "status-badge", "data-status": status, "data-testid": "status", text: status }) : null;
}

/** @param {Version} version @returns {string} "2010 版", by its title where it has no date */
export function versionName({ published, effective, title }) {
  const year = (published || effective || "").slice(0, 4);
  return year ? `${year} 版` : `《${title}》`;
}

/**
 * @param {{id: string}} a the older one
 * @param {{id: string}} b
 * @returns {string} the address of their comparison, relative like all of the page's
 */
export function diffAddress(a, b) {
  return `diff.html?${new URLSearchParams({ a: a.id, b: b.id })}`;
}

/**
 * @param {SourceDocument} document
 * @param {(id: string, title: string) => void} open shows another document
 * @returns {HTMLElement[]} what stands below the document's title; empty for what is no regulation
 */
export function standingBlock(document, open) {
  const { status = "", status_reason: reason = "", newer = "", versions = [] } = document;
  const own = versions.findIndex((version) => version.id === document.id);
  const target = versions.find((version) => version.id === newer);
  const link = button(target ? `看 ${versionName(target)}` : "看取代它的资料", {
    class: "link",
    "data-testid": "newer",
    onclick: () => open(newer, target?.title ?? ""),
  });
  const comparisons = versions.flatMap((other, index) => {
    if (index === own) return [];
    const href = index < own ? diffAddress(other, document) : diffAddress(document, other);
    // A new tab: the dialogue stays where it is.
    return [el("a", { href, target: "_blank", rel: "noopener", "data-testid": "compare" }, `与 ${versionName(other)}比较`)];
  });
  const parts = [statusBadge(status), reason && el("span", { text: reason }), newer && link, ...comparisons].filter(Boolean);
  return parts.length > 0 ? [el("p", { class: "standing" }, ...parts)] : [];
}
