/** Says whether the lesson is saved, and offers the way out where it cannot be. */

import { button, el, icon } from "./dom.js";
import { problemWords } from "./problem.js";

/** @typedef {import("./lessonkeeper.js").State} State */

const WORDS = { saved: "已保存", waiting: "保存中…", saving: "保存中…" };

export class SaveState {
  /** @param {import("./lessonkeeper.js").Keeper} keeper @param {() => void} onSaveAsNew */
  constructor(keeper, onSaveAsNew) {
    this._keeper = keeper;
    this._onSaveAsNew = onSaveAsNew;
    this.node = el("p", { class: "save-state", "data-testid": "lesson-saved" });
    this.banner = el("div", { class: "lesson-banner", role: "alert", hidden: true });
    this.show(keeper.state, null);
  }

  /** @param {State} state @param {unknown} error */
  show(state, error) {
    const known = WORDS[/** @type {keyof typeof WORDS} */ (state)];
    const words = known ?? `未保存：${this._reason(state, error)}`;
    this.node.dataset.state = state;
    this.node.replaceChildren(icon(state === "saved" ? "check" : known ? "retry" : "warn"), el("span", { text: words }));
    if (state === "saved") this._offer();
    else if (!known) this._offer(...this._ways(state, error));
  }

  /** @param {State} state @param {unknown} error */
  _reason(state, error) {
    if (state === "conflict") return "在别处改过";
    if (state === "gone") return "服务里没有这堂课了";
    return problemWords(error).title;
  }

  /** @param {State} state @param {unknown} error @returns {Node[]} */
  _ways(state, error) {
    if (state === "conflict") {
      return [
        el("p", { text: "这堂课在另一个窗口或别处改过并保存了，您这里的修改还没有保存。" }),
        button("重新载入那边的", { icon: "retry", class: "plain", "data-testid": "lesson-take-theirs", title: "之后可以撤销", onclick: () => this._keeper.takeTheirs() }),
        button("保留我的", { icon: "check", class: "plain", "data-testid": "lesson-keep-mine", title: "覆盖那边的修改", onclick: () => this._keeper.keepMine() }),
      ];
    }
    if (state === "gone") {
      return [
        el("p", { text: `服务里已经没有这堂课，可能在别处删除了。${this._where()}` }),
        button("另存为新的一课", { icon: "copy", class: "plain", "data-testid": "lesson-save-as-new", onclick: this._onSaveAsNew }),
      ];
    }
    const { detail, fix } = problemWords(error);
    return [
      el("p", { text: `${detail}${fix}${this._where()}` }),
      button("重试", { icon: "retry", class: "plain", "data-testid": "lesson-retry", onclick: () => this._keeper.save() }),
    ];
  }

  /** @returns {string} where the changes are meanwhile */
  _where() {
    return this._keeper.safe ? "您的修改先存在这个浏览器里，不会丢。" : "这个浏览器没能留底，请先不要关闭本页。";
  }

  /** @param {...Node} ways none where there is nothing to say */
  _offer(...ways) {
    this.banner.hidden = ways.length === 0;
    this.banner.replaceChildren(...ways);
  }
}
