/** A verbatim excerpt of a lesson: its words, where they are from, and what has become of them. */

import { authorityBadge } from "./authority.js";
import { button, el, icon } from "./dom.js";
import { bookTitle, placeAndPages, sourceAndDate } from "./format.js";

/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {import("./lessonapi.js").Excerpt} Excerpt */

/** What is said where the service gives a state without a remark. */
const REMARKS = {
  current: "",
  superseded: "这份资料已有新的版本，或不再有效，引用前请核对。",
  moved: "资料有变动，这段话还在，位置已按现在的标出。",
  vanished: "资料里已经没有这段话，请换一条或去掉。",
};
const STATES = { current: "", superseded: "已被取代", moved: "位置有变", vanished: "已失效" };

/** @param {Citation} citation @returns {HTMLElement} title, badge, source, date and place */
export function excerptAbout(citation) {
  const facts = [sourceAndDate(citation), placeAndPages(citation)].filter(Boolean).join(" · ");
  return el(
    "p",
    { class: "excerpt-about" },
    authorityBadge(citation),
    el("cite", { class: "excerpt-title", text: bookTitle(citation.title) }),
    facts && el("span", { text: facts }),
  );
}

/** @param {string} quote @returns {HTMLElement} the words, folded where they are many */
export function quoteBlock(quote) {
  const words = el("blockquote", { class: "excerpt-quote", text: quote });
  if (quote.length < 180) return words;
  words.classList.add("excerpt-folded");
  const more = button("展开", {
    class: "link excerpt-more",
    "aria-expanded": "false",
    onclick: () => {
      const folded = words.classList.toggle("excerpt-folded");
      more.setAttribute("aria-expanded", String(!folded));
      more.replaceChildren(folded ? "展开" : "收起");
    },
  });
  return el("div", {}, words, more);
}

/**
 * @param {Excerpt} excerpt
 * @param {string} key the beginning of the names that its buttons get for keeping the focus
 * @param {{open: (opener: HTMLElement) => void, replace: () => void, drop: () => void}} actions
 * @returns {HTMLElement}
 */
export function excerptBlock({ citation, state, remark }, key, { open, replace, drop }) {
  const act = (/** @type {string} */ text, /** @type {any} */ name, /** @type {string} */ id, /** @type {(opener: HTMLElement) => void} */ run) => {
    const made = button(text, {
      icon: name,
      class: "plain",
      "aria-label": `${text}：${citation.title}`,
      "data-key": `${key}:${id}`,
      "data-testid": `lesson-${id}`,
      onclick: () => run(made),
    });
    return made;
  };
  return el(
    "div",
    { class: "excerpt", "data-state": state, "data-excerpt": key, "data-testid": "lesson-excerpt" },
    quoteBlock(citation.quote),
    excerptAbout(citation),
    state !== "current" &&
      el(
        "p",
        { class: "excerpt-remark", "data-testid": "lesson-remark" },
        icon("warn"),
        el("span", {}, el("strong", { text: `${STATES[state] ?? state}：` }), remark || REMARKS[state] || ""),
      ),
    el(
      "div",
      { class: "excerpt-tools" },
      act("看原文", "book", "source", open),
      act("换一条", "swap", "replace", replace),
      act("去掉", "bin", "drop-excerpt", drop),
    ),
  );
}
