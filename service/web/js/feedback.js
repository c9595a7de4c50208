/** Whether an answer helped: two thumbs, a reason for the one, excerpts vouched for with the other. */

import { giveFeedback, withdrawFeedback } from "./api.js";
import { button, el } from "./dom.js";
import { notify } from "./notice.js";
import { problemWords } from "./problem.js";

/** @typedef {import("./api.js").Answer} Answer */
/** @typedef {import("./api.js").Feedback} Feedback */

/** As in service/feedback.py. */
const REASONS = ["答非所问", "不完整", "依据不对", "过时", "其他"];
const LONGEST_COMMENT = 500;

/** The thumbs below one answer. What is pressed is kept at once; the rest can be added or left. */
export class FeedbackBar {
  /** @param {Answer} answer one that was kept: `turn` is not 0 */
  constructor(answer) {
    this._answer = answer;
    /** What the reader says now. @type {Feedback | null} */
    this._given = null;
    /** What the service has kept. @type {Feedback | null} */
    this._kept = null;
    /** One word after the other: the last one said is the last one kept. @type {Promise<boolean>} */
    this._telling = Promise.resolve(true);
    const thumb = (/** @type {Feedback["verdict"]} */ verdict, /** @type {string} */ name, /** @type {"good" | "bad"} */ icon) =>
      button(name, {
        icon,
        class: "thumb",
        "data-testid": `thumb-${verdict}`,
        "aria-pressed": "false",
        "aria-label": name,
        title: name,
        onclick: () => this._press(verdict),
      });
    this._thumbs = { up: thumb("up", "有帮助", "good"), down: thumb("down", "没帮助", "bad") };
    this.thumbs = el("span", { class: "thumbs", role: "group", "aria-label": "这次回答有帮助吗" }, this._thumbs.up, this._thumbs.down);
    this.more = el("div", { class: "feedback", "data-testid": "feedback", hidden: true });
  }

  /** @param {Feedback} given what was said earlier */
  restore(given) {
    if (this._given) return; // the reader was faster
    const { verdict, reason, comment, confirmed } = given;
    this._given = this._kept = { verdict, reason, comment, confirmed };
    this._show();
  }

  /** @param {Feedback["verdict"]} verdict */
  async _press(verdict) {
    if (this._given?.verdict === verdict) {
      this.more.replaceChildren();
      this.more.hidden = true;
      if (await this._say(null)) notify("已撤回评价");
      return;
    }
    if (!(await this._say({ verdict, reason: "", comment: "", confirmed: [] }))) return;
    this.more.replaceChildren(...(verdict === "down" ? this._why() : this._vouch()));
    this.more.hidden = this.more.childElementCount === 0;
    if (this.more.hidden) notify("谢谢，已记下");
  }

  /** @returns {Node[]} the reasons, and room for words of one's own */
  _why() {
    const reasons = REASONS.map((reason) =>
      button(reason, {
        class: "plain choice",
        "data-reason": reason,
        "aria-pressed": "false",
        onclick: () => this._change({ reason: this._given?.reason === reason ? "" : reason }),
      }),
    );
    const box = /** @type {HTMLInputElement} */ (
      el("input", { class: "feedback-box", maxlength: LONGEST_COMMENT, "aria-label": "补充说明", placeholder: "补充说明，请勿写姓名和电话" })
    );
    const submit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!(await this._change({ comment: box.value.trim() }))) return;
      this._finish();
    };
    return [
      el("p", { class: "feedback-title", text: "哪里不好？" }),
      el("div", { class: "actions" }, ...reasons),
      el("form", { class: "feedback-form", onsubmit: submit }, box, el("button", { type: "submit", class: "plain", text: "完成" })),
    ];
  }

  /** @returns {Node[]} the excerpts, to be vouched for; none where nothing was cited */
  _vouch() {
    const { citations, status } = this._answer;
    if (status !== "answered" || citations.length === 0) return [];
    const toggle = (/** @type {number} */ id) => {
      const held = this._given?.confirmed ?? [];
      return this._change({ confirmed: held.includes(id) ? held.filter((other) => other !== id) : [...held, id] });
    };
    const numbers = citations.map(({ id }) =>
      button(`引文 ${id}`, { class: "plain choice", "data-citation": id, "aria-pressed": "false", onclick: () => toggle(id) }),
    );
    return [
      el("p", { class: "feedback-title", text: "哪些引文您核对过，确实回答了问题？（可不选，选了会用来检验系统）" }),
      el("div", { class: "actions" }, ...numbers, button("完成", { class: "plain", onclick: () => this._finish() })),
    ];
  }

  _finish() {
    this.more.hidden = true;
    if (this._given) this._thumbs[this._given.verdict].focus();
    notify("谢谢，已记下");
  }

  /** @param {Partial<Feedback>} change @returns {Promise<boolean>} whether the service has kept it */
  async _change(change) {
    return this._given !== null && this._say({ ...this._given, ...change });
  }

  /** @param {Feedback | null} next null takes back what was said @returns {Promise<boolean>} whether the service has kept it */
  _say(next) {
    this._given = next;
    this._show();
    const tell = async () => {
      try {
        await (next ? giveFeedback(this._answer, next) : withdrawFeedback(this._answer));
        this._kept = next;
        return true;
      } catch (error) {
        if (this._given === next) this._given = this._kept;
        this._show();
        const { title, detail } = problemWords(error);
        notify(`没能记下评价：${[title, detail].filter(Boolean).join("，")}`);
        return false;
      }
    };
    return (this._telling = this._telling.then(tell));
  }

  _show() {
    const given = this._given;
    for (const [verdict, node] of Object.entries(this._thumbs)) node.setAttribute("aria-pressed", String(given?.verdict === verdict));
    for (const node of this.more.querySelectorAll("[aria-pressed]")) {
      const { reason, citation } = /** @type {HTMLElement} */ (node).dataset;
      const on = reason ? given?.reason === reason : given?.confirmed.includes(Number(citation));
      node.setAttribute("aria-pressed", String(on === true));
    }
  }
}
