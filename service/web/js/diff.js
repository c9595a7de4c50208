/** The page 版本对照: two documents part by part, what changed marked in both. */

import { getDiff } from "./api.js";
import { byId, el } from "./dom.js";
import { bookTitle, chineseDate, number } from "./format.js";
import { problemBlock } from "./problem.js";
import { statusBadge, versionName } from "./versions.js";

/** @typedef {import("./api.js").Diff} Diff */
/** @typedef {import("./api.js").Change} Change */
/** @typedef {import("./api.js").Part} Part */
/** @typedef {import("./api.js").Version} Version */

const KINDS = new Map([
  ["changed", "修改"],
  ["added", "新增"],
  ["removed", "删去"],
  ["renumbered", "只变序号"],
  ["unchanged", "未变"],
]);

show();

async function show() {
  const place = byId("diff");
  const asked = new URLSearchParams(location.search);
  const [a, b] = [asked.get("a") ?? "", asked.get("b") ?? ""];
  place.replaceChildren(el("h1", { class: "diff-title", text: "版本对照" }));
  if (!a || !b) {
    place.append(el("p", { text: "请从资料原文里的“与 … 版比较”打开本页。" }));
    return;
  }
  const loading = el("p", { class: "loading", text: "正在逐条对照…" });
  place.append(loading);
  try {
    loading.replaceWith(...page(await getDiff(a, b)));
  } catch (error) {
    loading.replaceWith(problemBlock(error, show));
  }
}

/** @param {Diff} diff @returns {HTMLElement[]} */
function page(diff) {
  const list = el("div", { class: "diff-list" });
  const only = /** @type {HTMLInputElement} */ (
    el("input", { type: "checkbox", "data-testid": "only-changed", checked: true, onchange: () => fill() })
  );
  const fill = () => list.replaceChildren(...chapters(diff, only.checked));
  fill();
  const counts = [...KINDS].map(([kind, words]) =>
    el("li", { "data-kind": kind }, words, el("strong", { text: number(diff.counts[kind]) })),
  );
  return [
    el("ul", { class: "diff-counts" }, ...counts),
    el("label", { class: "diff-filter" }, only, "只看有变化的"),
    el("div", { class: "diff-sides" }, side(diff.a, "旧"), side(diff.b, "新")),
    list,
  ];
}

/** @param {Version} version @param {string} mark */
function side(version, mark) {
  const dates = [
    version.published && `${chineseDate(version.published)}发布`,
    version.effective && `${chineseDate(version.effective)}施行`,
  ];
  return el(
    "div",
    { class: "diff-side" },
    el("h2", { class: "diff-side-title" }, el("span", { class: "visually-hidden", text: `${mark}：` }), bookTitle(version.title)),
    el("p", { class: "diff-side-about" }, statusBadge(version.status), el("span", { text: dates.filter(Boolean).join("，") })),
  );
}

/** @param {Diff} diff @param {boolean} onlyChanged @returns {HTMLElement[]} headings of chapters with what stands under them */
function chapters(diff, onlyChanged) {
  const names = [versionName(diff.a), versionName(diff.b)];
  /** @type {HTMLElement[]} */
  const nodes = [];
  let above = "";
  for (const change of diff.changes) {
    if (onlyChanged && change.kind === "unchanged" && !change.moved) continue;
    const path = ((change.b ?? change.a)?.path ?? []).join(" › ");
    if (path && path !== above) nodes.push(el("h3", { class: "diff-chapter", text: path }));
    above = path;
    nodes.push(row(change, names));
  }
  if (nodes.length === 0) nodes.push(el("p", { class: "diff-same", text: "两份资料的文字没有差别。" }));
  return nodes;
}

/** @param {Change} change @param {string[]} names */
function row(change, names) {
  const { kind, a, b, moved } = change;
  const labels = [...new Set([a?.label, b?.label].filter(Boolean))].join(" → ");
  const words = [KINDS.get(kind) ?? kind, moved && "位置有变动"].filter(Boolean).join("，");
  const head = el(
    "h4",
    { class: "change-head" },
    labels && el("span", { text: labels }),
    el("span", { class: "change-kind", text: words }),
  );
  const same = kind === "renumbered" || kind === "unchanged";
  const body = same
    ? el("details", {}, el("summary", { text: "文字相同" }), el("div", { class: "change-text", text: b?.body.words ?? "" }))
    : el("div", { class: "change-sides" }, column(change, "a", names[0]), column(change, "b", names[1]));
  return el("article", { class: "change", "data-kind": kind, "data-testid": "change" }, head, body);
}

/**
 * @param {Change} change
 * @param {"a" | "b"} which
 * @param {string} name of the version, shown where the columns stand below one another
 */
function column(change, which, name) {
  const part = change[which];
  const tag = which === "a" ? "del" : "ins";
  const caption = el("p", { class: "change-version", text: name });
  if (!part) return el("div", { class: "change-side absent" }, caption, el("p", { class: "change-none", text: "没有这一条" }));
  const pieces = change.runs.length > 0 ? change.runs.map((run) => piece(run, which, tag)) : [el(tag, { text: part.body.words })];
  return el("div", { class: "change-side" }, caption, el("div", { class: "change-text" }, ...pieces));
}

/** @param {import("./api.js").Run} run @param {"a" | "b"} which @param {string} tag @returns {Node | string} */
function piece(run, which, tag) {
  const { words } = run[which];
  return run.op === "equal" || !words ? words : el(tag, { text: words });
}
