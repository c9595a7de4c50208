/** One look for every failure: what happened, why, what to do, and a button that does it. */

import { ApiError } from "./api.js";
import { button, el, icon } from "./dom.js";

/**
 * @param {unknown} error
 * @returns {{title: string, detail: string, fix: string}} words for the user, also for a fault of the page itself
 */
export function problemWords(error) {
  if (error instanceof ApiError) return { title: error.title, detail: error.detail, fix: error.fix };
  return { title: "页面出了点问题", detail: error instanceof Error ? error.message : "", fix: "请点“重试”，或刷新页面。" };
}

/** @param {unknown} error @returns {string} the same in one line */
export function problemSentence(error) {
  const { title, detail, fix } = problemWords(error);
  return [title, detail, fix].filter(Boolean).join("。").replaceAll("。。", "。");
}

/**
 * @param {unknown} error
 * @param {() => void} onRetry
 * @param {...(Node | null)} more further buttons
 * @returns {HTMLElement}
 */
export function problemBlock(error, onRetry, ...more) {
  const { title, detail, fix } = problemWords(error);
  return el(
    "div",
    { class: "problem", role: "alert" },
    el("p", { class: "problem-title" }, icon("warn"), el("strong", { text: title })),
    detail && el("p", { text: detail }),
    fix && el("p", { class: "problem-fix", text: fix }),
    el("div", { class: "actions" }, button("重试", { icon: "retry", class: "plain", onclick: onRetry }), ...more),
  );
}

/** The same in one line, for where a block has no room. @param {unknown} error */
export function problemLine(error) {
  const { title, detail, fix } = problemWords(error);
  return el("p", { class: "row-problem", role: "alert" }, el("strong", { text: title }), `：${detail}${fix}`);
}
