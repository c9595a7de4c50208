/** What an answer looks like: its claims with citation numbers, or the calm words when nothing was found. */

import { authorityBadge } from "./authority.js";
import { citationChip } from "./citations.js";
import { button, el, icon } from "./dom.js";
import { bookTitle, duration, evidenceLevel, kindLabel, sourceAndDate } from "./format.js";
import { parseMarkdown } from "./markdown.js";
import { countCodePoints } from "./text.js";

/** @typedef {import("./api.js").Answer} Answer */
/** @typedef {import("./api.js").Claim} Claim */
/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {{openCitation: (citation: Citation, opener: HTMLElement) => void, ask: (question: string) => void, copy: (answer: Answer) => void, print: () => void}} AnswerActions */
/** @typedef {(id: number) => Citation | undefined} FindCitation */

/** A claim longer than this many characters is folded, with a button to unfold it. */
const LONG_CLAIM = 420;

/**
 * @param {Claim} claim
 * @param {FindCitation} find
 * @param {AnswerActions} actions
 * @returns {HTMLElement} a list item
 */
export function claimItem(claim, find, actions) {
  const text = el("p", { class: claim.verbatim ? "claim-text verbatim" : "claim-text" });
  text.append(...claimWords(claim));
  const numbers = chips(claim.citations, find, actions);
  const item = el("li", { class: "claim", "data-testid": "claim" }, text);
  // Numbers stay outside a fold, where they can be seen and pressed.
  if (countCodePoints(claim.text) > LONG_CLAIM) item.append(el("div", { class: "fold-row" }, unfolder(text), ...numbers));
  else appendChips(text, numbers);
  if (!claim.verbatim) {
    item.append(el("p", { class: "claim-note", text: "这一点经过归纳，请以编号处的原文为准。" }));
  }
  return item;
}

/**
 * Adds citation numbers so that a line never begins with one: the last two characters go along with them.
 *
 * @param {HTMLElement} text
 * @param {Node[]} numbers
 */
function appendChips(text, numbers) {
  const last = text.lastChild;
  const keep = el("span", { class: "keep" });
  if (numbers.length > 0 && last instanceof Text) {
    const tail = [...last.data].slice(-2).join("");
    last.data = last.data.slice(0, last.data.length - tail.length);
    keep.append(tail);
  }
  keep.append(...numbers.slice(0, 1));
  text.append(keep, ...numbers.slice(1));
}

/** @param {Claim} claim @returns {Node[]} */
function claimWords({ label = "", text }) {
  if (!label) return [document.createTextNode(text)];
  // A label that is the beginning of the text itself is set bold in place rather than said twice.
  if (text.startsWith(label)) {
    return [el("strong", { class: "claim-label", text: label }), document.createTextNode(text.slice(label.length))];
  }
  const lead = /[：:。！？]$/u.test(label) ? label : `${label}：`;
  return [el("strong", { class: "claim-label", text: lead }), document.createTextNode(text)];
}

/** @param {HTMLElement} text @returns {HTMLElement} */
function unfolder(text) {
  text.classList.add("folded");
  const toggle = button("展开全文", {
    class: "link",
    "aria-expanded": "false",
    onclick: () => {
      const folded = text.classList.toggle("folded");
      toggle.setAttribute("aria-expanded", String(!folded));
      toggle.textContent = folded ? "展开全文" : "收起";
    },
  });
  return toggle;
}

/**
 * @param {number[]} ids
 * @param {FindCitation} find
 * @param {AnswerActions} actions
 * @returns {Node[]} a number for each; an id without a citation stays plain text
 */
function chips(ids, find, actions) {
  return ids.map((id) => {
    const citation = find(id);
    return citation ? citationChip(citation, actions.openCitation) : document.createTextNode(`[${id}]`);
  });
}

/**
 * The answer's Markdown as nodes, for answers without claims.
 *
 * @param {string} markdown
 * @param {FindCitation} find
 * @param {AnswerActions} actions
 * @returns {HTMLElement}
 */
export function proseBlock(markdown, find, actions) {
  const inline = (/** @type {import("./markdown.js").Inline[]} */ parts) =>
    parts.flatMap((part) => {
      if (part.kind === "citation") return chips([part.id], find, actions);
      return [part.kind === "strong" ? el("strong", { text: part.text }) : document.createTextNode(part.text)];
    });
  const tags = { paragraph: "p", heading: "h3", quote: "blockquote" };
  const blocks = parseMarkdown(markdown).map((block) => {
    if (block.kind === "list") {
      const start = block.ordered && block.start !== 1 ? block.start : null;
      const items = block.items.map((item) => el("li", {}, ...inline(item)));
      return el(block.ordered ? "ol" : "ul", { start }, ...items);
    }
    const lines = block.lines.flatMap((line, index) => (index > 0 ? [el("br"), ...inline(line)] : inline(line)));
    return el(tags[block.kind], {}, ...lines);
  });
  return el("div", { class: "prose" }, ...blocks);
}

/**
 * @param {Answer} answer
 * @param {FindCitation} find
 * @param {AnswerActions} actions
 * @returns {HTMLElement}
 */
export function notFoundBlock(answer, find, actions) {
  const block = el(
    "div",
    { class: "not-found", "data-testid": "not-found" },
    el("p", { class: "not-found-title", text: answer.choices?.length ? "请先选定一部法规" : "资料里没有找到" }),
    proseBlock(answer.answer, find, actions),
  );
  if (answer.citations.length > 0) block.append(sourceRow("最接近的资料", answer.citations, actions));
  return block;
}

/** @param {string[]} notes @returns {HTMLElement} what the reader has to know besides, such as that a text is superseded */
export function noteList(notes) {
  return el("ul", { class: "notes", "data-testid": "notes" }, ...notes.map((text) => el("li", {}, icon("warn"), el("span", { text }))));
}

/**
 * @param {string} title
 * @param {Citation[]} citations
 * @param {AnswerActions} actions
 * @returns {HTMLElement} the documents cited, each once, opening at its first citation
 */
export function sourceRow(title, citations, actions) {
  /** @type {Map<string, Citation[]>} */
  const byDocument = new Map();
  for (const citation of citations) {
    const group = byDocument.get(citation.document_id);
    if (group) group.push(citation);
    else byDocument.set(citation.document_id, [citation]);
  }
  const items = [...byDocument.values()].map((group) => {
    const [first] = group;
    const about = [sourceAndDate(first), group.length > 1 ? `${group.length} 处` : ""].filter(Boolean).join(" · ");
    const badge = authorityBadge(first);
    const open = el(
      "button",
      { type: "button", class: "source-item", onclick: () => actions.openCitation(first, open) },
      icon("book"),
      el("span", { class: "source-item-title", text: bookTitle(first.title) }),
      (badge || about) && el("span", { class: "source-item-about" }, badge, about),
    );
    return el("li", {}, open);
  });
  return el("div", { class: "sources" }, el("h3", { class: "small-title", text: title }), el("ul", {}, ...items));
}

/**
 * @param {Answer} answer
 * @param {AnswerActions} actions
 * @param {HTMLElement | null} thumbs
 * @returns {HTMLElement} kind, sources, strength of evidence and time, and what can be done with the answer
 */
export function statusLine(answer, actions, thumbs) {
  const facts = [];
  if (answer.status === "answered") {
    const documents = new Set(answer.citations.map((citation) => citation.document_id)).size;
    const level = evidenceLevel(answer.evidence);
    if (kindLabel(answer.kind)) facts.push(el("span", { class: "kind", text: kindLabel(answer.kind) }));
    facts.push(el("span", { text: `${documents} 份资料，${answer.citations.length} 处引文` }));
    facts.push(el("span", { class: "evidence", "data-level": level, text: `证据强度 ${level}` }));
  }
  const total = answer.timings_ms?.total;
  if (typeof total === "number") facts.push(el("span", { text: `用时 ${duration(total)}` }));
  const print = button("打印", { icon: "print", class: "plain", onclick: actions.print });
  const copy = button("复制（含出处）", { icon: "copy", class: "plain", onclick: () => actions.copy(answer) });
  const tools = answer.status === "answered" ? [print, copy] : [];
  return el(
    "div",
    { class: "status-line" },
    el("p", { class: "facts" }, ...facts),
    el("div", { class: "answer-actions" }, thumbs, ...tools),
  );
}

/**
 * @param {string[]} choices full questions, one of which the reader meant
 * @param {AnswerActions} actions
 * @returns {HTMLElement}
 */
export function choiceRow(choices, actions) {
  const items = choices.map((question) =>
    el("li", {}, button(question, { class: "suggestion", "data-testid": "choice", onclick: () => actions.ask(question) })),
  );
  return el("div", { class: "suggestions" }, el("h3", { class: "small-title", text: "您要查的是" }), el("ul", {}, ...items));
}

/**
 * @param {string[]} suggestions
 * @param {string} title
 * @param {AnswerActions} actions
 * @returns {HTMLElement}
 */
export function suggestionRow(suggestions, title, actions) {
  const items = suggestions.map((question) =>
    el("li", {}, button(question, { class: "suggestion", onclick: () => actions.ask(question) })),
  );
  return el("div", { class: "suggestions" }, el("h3", { class: "small-title", text: title }), el("ul", {}, ...items));
}
