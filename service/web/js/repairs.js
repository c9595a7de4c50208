/** The repairs made to a file's words when it was taken in: by kind, each with what stood there before. */

import { el } from "./dom.js";
import { number } from "./format.js";

/** @typedef {import("./api.js").Repair} Repair */
/** @typedef {import("./api.js").Repairs} Repairs */

const KINDS = new Map([
  ["double-title", "删去重复的标题"],
  ["pinyin", "删去夹杂的拼音"],
  ["lost-byte", "还原错位的字"],
  ["broken-line", "接回断开的行"],
  ["half-width", "半角标点改为全角"],
  ["dot-row", "删去成行的点号"],
  ["invisible", "删去看不见的字符"],
  ["wide-space", "合并多余的空格"],
  ["indent", "删去段首空格"],
  ["trailing-space", "删去行尾空格"],
  ["blank-lines", "删去多余的空行"],
  ["line-end", "统一换行符"],
]);
/** How many repairs of a kind are listed. */
const MOST = 200;
const AROUND = 8;
const LONGEST = 48;

/**
 * @param {Repairs} found
 * @param {import("./text.js").CodePointText} points the document's text
 * @param {(place: import("./sourcetext.js").Points) => void} go
 * @returns {HTMLElement}
 */
export function repairsList({ total, counts, repairs, reason }, points, go) {
  const known = [...KINDS.keys()].filter((kind) => kind in counts);
  const kinds = [...known, ...Object.keys(counts).filter((kind) => !KINDS.has(kind))];
  const groups = kinds.map((kind) => {
    const rows = repairs.filter((row) => row.kind === kind).slice(0, MOST);
    const left = counts[kind] - rows.length;
    return el(
      "details",
      { class: "repairs-kind", "data-kind": kind },
      el("summary", {}, KINDS.get(kind) ?? "其他修复", el("span", { class: "repairs-count", text: `${number(counts[kind])} 处` })),
      el("ul", {}, ...rows.map((row) => item(row, points, go))),
      left > 0 && el("p", { class: "repairs-note", text: `还有 ${number(left)} 处没有列出。` }),
    );
  });
  return el(
    "div",
    { class: "repairs", "data-testid": "repairs" },
    el("p", { class: "repairs-note", text: `导入时修复了 ${number(total)} 处：只去掉杂质、接好断行，不改写。点一处，看它在文中的位置。` }),
    reason && el("p", { class: "repairs-note", text: `看不到修复前的文字。${reason}。` }),
    ...groups,
  );
}

/** @param {Repair} row @param {import("./text.js").CodePointText} points @param {(place: import("./sourcetext.js").Points) => void} go */
function item({ start, end, removed, replacement }, points, go) {
  const before = visible(points.slice(Math.max(0, start - AROUND), start));
  const after = visible(points.slice(end, end + AROUND));
  // Where something was only taken out there is nothing to show but the place between its neighbours.
  const place = end > start ? { start, end } : { start: Math.max(0, start - 1), end: end + 1 };
  const button = el(
    "button",
    { type: "button", class: "repair", "data-testid": "repair", onclick: () => go(place) },
    before,
    removed === null ? el("span", { class: "repair-lost", text: "（原文字不可见）" }) : removed && el("del", { text: visible(removed) }),
    replacement && el("ins", { text: visible(replacement) }),
    after,
  );
  return el("li", {}, button);
}

/** @param {string} text @returns {string} the same with white space that can be seen */
function visible(text) {
  const shown = text.replace(/\r\n?|\n/gu, "↵").replace(/\t/gu, "⇥").replace(/[ \u00a0\u3000]/gu, "␣").replace(/[\p{Cc}\p{Cf}]/gu, "□");
  const characters = [...shown];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : shown;
}
