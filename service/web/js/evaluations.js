/** The page 评测: the runs that were published, newest first. */

import { getEvaluations } from "./api.js";
import { byId, el } from "./dom.js";
import { number } from "./format.js";
import { problemBlock } from "./problem.js";

/** @typedef {import("./api.js").Evaluation} Evaluation */
/** @typedef {import("./api.js").Figure} Figure */

const KINDS = new Map([
  ["retrieval", "检索评测"],
  ["answers", "问答评测"],
]);
const SPLITS = new Map([
  ["dev", "开发集"],
  ["test", "测试集"],
  ["all", "全部"],
]);

show();

async function show() {
  const place = byId("runs");
  place.replaceChildren(el("p", { class: "loading", text: "正在读取评测记录…" }));
  try {
    const { evaluations, unreadable } = await getEvaluations();
    const list = evaluations.length > 0 ? el("ol", { class: "run-list" }, ...evaluations.map(card)) : empty();
    const lost = unreadable.length > 0 && el("p", { class: "unreadable", text: lostWords(unreadable) });
    place.replaceChildren(...[list, lost].filter((node) => node !== false));
  } catch (error) {
    place.replaceChildren(problemBlock(error, show));
  }
}

/** @param {string[]} names */
function lostWords(names) {
  return `有 ${names.length} 份评测读不出来：${names.join("、")}。请用 dangjian-eval report 运行文件夹 --publish 重新发布。`;
}

/** @param {Evaluation} run */
function card(run) {
  const kind = [KINDS.get(run.kind) ?? run.kind, SPLITS.get(run.split) ?? run.split];
  if (run.configuration !== "plain") kind.push(run.configuration);
  const partial = run.done === null ? "未完成" : `未完成，做了 ${number(run.done)} 题`;
  const title = run.dataset.replaceAll("+", " + ");
  const link = el("a", { class: "run-link", href: run.report, "aria-label": `看报告：${title}` }, "看报告");
  return el(
    "li",
    { class: "run", "data-testid": "evaluation" },
    el(
      "p",
      { class: "run-kind" },
      el("span", { text: kind.filter(Boolean).join(" · ") }),
      !run.complete && el("span", { class: "run-partial", text: partial }),
    ),
    el("h2", { class: "run-title" }, el("span", { text: title }), run.report !== null && link),
    el(
      "p",
      { class: "run-about" },
      el("span", { text: `${number(run.queries)} 题` }),
      el("span", { text: when(run.finished || run.started) }),
      el("span", { text: run.id }),
    ),
    run.figures.length > 0 && el("dl", { class: "run-figures" }, ...run.figures.map(figure)),
    run.report === null && el("p", { class: "run-missing", text: "没有报告文件，请重新发布这次评测。" }),
  );
}

/** @param {Figure} item */
function figure(item) {
  return el(
    "div",
    {},
    el("dt", {}, item.label, item.better === "low" && el("span", { class: "run-better", text: "越低越好" })),
    el(
      "dd",
      {},
      el("span", { class: "run-value", text: item.text }),
      strip(item),
      item.between && el("span", { class: "run-between", text: item.between }),
    ),
  );
}

/**
 * The value and its interval on a line from 0 to 1; decoration, for both stand beside it in words.
 *
 * @param {Figure} item
 */
function strip({ value, low, high }) {
  if (value < 0 || value > 1) return null;
  const x = (/** @type {number} */ at) => 6 + 168 * Math.min(Math.max(at, 0), 1);
  const known = low !== null && high !== null;
  return shape(
    "svg",
    { class: "strip", viewBox: "0 0 180 18", "aria-hidden": "true" },
    shape("line", { class: "strip-track", x1: x(0), x2: x(1), y1: 9, y2: 9 }),
    ...(known ? [shape("line", { class: "strip-interval", x1: x(low), x2: x(high), y1: 9, y2: 9 })] : []),
    shape("circle", { class: "strip-value", cx: x(value), cy: 9, r: 4.5 }),
  );
}

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...Node} children */
function shape(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** @param {string} iso @returns {string} the time in the reader's zone; what is no time comes back unchanged */
function when(iso) {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return moment.toLocaleString("zh-CN", { dateStyle: "long", timeStyle: "short" });
}

function empty() {
  return el(
    "div",
    { class: "empty", "data-testid": "no-evaluations" },
    el("p", { class: "empty-title", text: "还没有评测记录" }),
    el("p", { text: "评测在命令行里做，做完发布到这里：" }),
    el(
      "ol",
      { class: "steps" },
      step("1. 准备一份题目，向资料库提问并打分。", "dangjian-eval answers --questions 题目.jsonl"),
      step("2. 把报告发布到本页；运行文件夹的位置，上一条命令会告诉您。", "dangjian-eval report 运行文件夹 --publish"),
    ),
  );
}

/** @param {string} words @param {string} command */
function step(words, command) {
  return el("li", {}, el("p", { text: words }), el("pre", {}, el("code", { text: command })));
}
