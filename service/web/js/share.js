/** What can be done with one kept answer: copied with its sources, exported, shared by a link that can be taken back. */

import { exportTurnAddress, fetchTurnText, revokeShare, shareTurn, shareOf } from "./api.js";
import { button, el, icon } from "./dom.js";
import { answerAsText } from "./format.js";
import { copyText, notify } from "./notice.js";
import { problemWords } from "./problem.js";

/** @typedef {import("./api.js").Answer} Answer */

/** @param {string} token @returns {string} the address that anybody can open */
const sharedLink = (token) => new URL(`answer.html#s=${token}`, document.baseURI).href;

/** @param {Answer} answer @returns {string} the address that this browser can open */
const ownLink = ({ conversation_id, turn }) =>
  new URL(`answer.html#${new URLSearchParams({ c: conversation_id ?? "", n: String(turn) })}`, document.baseURI).href;

/** @param {Answer} answer copied with numbers in the text and the sources as the standard wants them */
export async function copyAnswer(answer) {
  // A service that is gone must not cost the copy: the page can list the sources in its own way.
  const text = answer.turn ? await fetchTurnText(answer).catch(() => answerAsText(answer)) : answerAsText(answer);
  const copied = await copyText(text);
  notify(copied ? "已复制答案和资料来源" : "没能复制，请选中文字后手动复制");
}

/**
 * @param {(format: string) => string} address where the answer can be fetched in a format
 * @returns {HTMLElement[]} links that save it
 */
export function exportLinks(address) {
  const link = (/** @type {string} */ format, /** @type {string} */ name) =>
    el("a", { class: "plain", href: address(format), download: "", "data-testid": `export-answer-${format}` }, icon("download"), name);
  return [link("docx", "导出 Word"), link("md", "导出 Markdown")];
}

/** @param {Answer} answer @returns {HTMLElement[]} what stands below an answer that was kept; nothing below any other */
export function shareRow(answer) {
  if (!answer.turn) return [];
  const box = el("div", { class: "share-box", "data-testid": "share-box", hidden: true });
  const open = button("分享链接", {
    icon: "link",
    class: "plain",
    "data-testid": "share",
    "aria-expanded": "false",
    onclick: () => toggle(answer, box, open),
  });
  const again = el("a", { class: "plain", href: ownLink(answer), "data-testid": "recheck" }, icon("check"), "重新核对");
  const row = el("div", { class: "share-row" }, ...exportLinks((format) => exportTurnAddress(answer, format)), open, again);
  return [el("div", { class: "share" }, row, box)];
}

/** @param {Answer} answer @param {HTMLElement} box @param {HTMLElement} opener */
async function toggle(answer, box, opener) {
  if (!box.hidden) return close(box, opener);
  const token = await told(() => shareOf(answer));
  if (token === undefined) return;
  box.replaceChildren(...(token ? shared(answer, token, box, opener) : offer(answer, box, opener)));
  box.hidden = false;
  opener.setAttribute("aria-expanded", "true");
  /** @type {HTMLElement} */ (box.querySelector("button, input")).focus();
}

/** @param {HTMLElement} box @param {HTMLElement} opener */
function close(box, opener) {
  box.hidden = true;
  opener.setAttribute("aria-expanded", "false");
  opener.focus();
}

/** Sharing is asked for once more: it lets others see. @param {Answer} answer @param {HTMLElement} box @param {HTMLElement} opener */
function offer(answer, box, opener) {
  const make = async () => {
    const token = await told(() => shareTurn(answer));
    if (!token) return;
    box.replaceChildren(...shared(answer, token, box, opener));
    const copied = await copyText(sharedLink(token));
    notify(copied ? "已生成并复制分享链接" : "已生成分享链接，请手动复制");
    /** @type {HTMLInputElement} */ (box.querySelector("input")).select();
  };
  return [
    el("p", { text: "有链接的人都能看到这一问一答和引文，看不到对话的其他内容。随时可以取消。" }),
    el(
      "div",
      { class: "actions" },
      button("生成链接", { icon: "link", class: "plain", "data-testid": "share-make", onclick: make }),
      button("不分享", { class: "plain", onclick: () => close(box, opener) }),
    ),
  ];
}

/** @param {Answer} answer @param {string} token @param {HTMLElement} box @param {HTMLElement} opener @returns {HTMLElement[]} */
function shared(answer, token, box, opener) {
  const address = sharedLink(token);
  const line = el("input", { class: "share-address", readonly: true, value: address, "aria-label": "分享链接", "data-testid": "share-address" });
  const copy = async () => notify((await copyText(address)) ? "已复制分享链接" : "没能复制，请选中链接后手动复制");
  const revoke = async () => {
    if ((await told(() => revokeShare(answer))) === undefined) return;
    close(box, opener);
    notify("已取消分享，原来的链接不再有效");
  };
  return [
    line,
    el(
      "div",
      { class: "actions" },
      button("复制链接", { icon: "copy", class: "plain", onclick: copy }),
      button("取消分享", { icon: "close", class: "plain", "data-testid": "share-revoke", onclick: revoke }),
    ),
  ];
}

/**
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {Promise<T | undefined>} what the service says; where it cannot, the reader is told why
 */
async function told(ask) {
  try {
    return await ask();
  } catch (error) {
    const { title, detail, fix } = problemWords(error);
    notify([title, detail, fix].filter(Boolean).join("。").replaceAll("。。", "。"));
    return undefined;
  }
}
