/** The conversations at the left, a drawer on a narrow screen: open, rename, delete, export. */

import { deleteConversation, exportAddress, getConversation, getConversations, renameConversation } from "./api.js";
import { button, el, icon } from "./dom.js";
import { notify } from "./notice.js";
import { problemSentence } from "./problem.js";

/** @typedef {import("./api.js").Conversation} Conversation */

const LONGEST_TITLE = 80;
const drawer = window.matchMedia("(max-width: 899px)");

export class History {
  /**
   * @param {{frame: HTMLElement, list: HTMLElement, toggle: HTMLElement, curtain: HTMLElement}} parts
   * @param {import("./chat.js").Chat} chat
   */
  constructor(parts, chat) {
    this._parts = parts;
    this._chat = chat;
    /** @type {Conversation[]} */
    this._rows = [];
    parts.toggle.addEventListener("click", () => this._show(!this.isOpen));
    parts.curtain.addEventListener("click", () => this.close());
    drawer.addEventListener("change", () => this._show(false));
    this._show(false);
  }

  /** @returns {boolean} whether the drawer covers the dialogue */
  get isOpen() {
    return drawer.matches && this._parts.frame.classList.contains("open");
  }

  /** @returns {boolean} whether there was a drawer to close */
  close() {
    if (!this.isOpen) return false;
    this._show(false);
    this._parts.toggle.focus();
    return true;
  }

  /** Asks the service for the list. Without it the page still answers, so a failure only leaves the list as it is. */
  async refresh() {
    const found = await getConversations().catch(() => null);
    if (!found) return;
    const { kept, conversations } = found;
    this._rows = conversations;
    this._parts.list.replaceChildren(
      ...(conversations.length > 0
        ? conversations.map((row) => this._item(row))
        : [el("li", { class: "history-empty", text: kept ? "问过的会列在这里" : "这个服务不保存对话" })]),
    );
    this.mark();
  }

  /** Shows which conversation is the one in the middle. */
  mark() {
    for (const item of this._parts.list.querySelectorAll("[data-id]")) {
      const current = /** @type {HTMLElement} */ (item).dataset.id === this._chat.conversation;
      item.classList.toggle("current", current);
      const open = item.querySelector(".history-open");
      if (current) open?.setAttribute("aria-current", "true");
      else open?.removeAttribute("aria-current");
    }
  }

  /** @param {boolean} open */
  _show(open) {
    const { frame, toggle, curtain } = this._parts;
    frame.classList.toggle("open", open);
    // A closed drawer must not take focus or be read.
    frame.inert = drawer.matches && !open;
    curtain.hidden = !(open && drawer.matches);
    toggle.setAttribute("aria-expanded", String(open));
    if (open) /** @type {HTMLElement | null} */ (frame.querySelector("button"))?.focus();
  }

  /** @param {Conversation} row */
  _item(row) {
    const item = el("li", { class: "history-item", "data-testid": "conversation", "data-id": row.id });
    this._fill(item, row);
    return item;
  }

  /** @param {HTMLElement} item @param {Conversation} row */
  _fill(item, row) {
    const about = `${row.turns} 问，${day(row.updated)}`;
    const tool = (/** @type {string} */ label, /** @type {import("./dom.js").IconName} */ name, /** @type {() => void} */ run) =>
      el("button", { type: "button", class: "history-tool", "aria-label": `${label}：${row.title}`, title: label, onclick: run }, icon(name));
    item.replaceChildren(
      el(
        "button",
        { type: "button", class: "history-open", onclick: () => this._open(row) },
        el("span", { class: "history-title", text: row.title }),
        el("span", { class: "history-about", text: about }),
      ),
      el(
        "div",
        { class: "history-tools" },
        tool("改名", "edit", () => this._rename(item, row)),
        el("a", { class: "history-tool", href: exportAddress(row.id), download: "", "aria-label": `导出：${row.title}`, title: "导出" }, icon("download")),
        tool("删除", "bin", () => this._confirm(item, row)),
      ),
    );
    this.mark();
  }

  /** @param {Conversation} row */
  async _open(row) {
    if (row.id !== this._chat.conversation) {
      try {
        this._chat.show(await getConversation(row.id));
      } catch (error) {
        this._failed(error);
        return;
      }
    }
    this.mark();
    if (this.isOpen) this.close();
  }

  /** @param {HTMLElement} item @param {Conversation} row */
  _rename(item, row) {
    const box = /** @type {HTMLInputElement} */ (
      el("input", { class: "history-box", value: row.title, maxlength: LONGEST_TITLE, "aria-label": "对话的名称" })
    );
    const back = () => this._restore(item, row, "改名");
    const form = el(
      "form",
      {
        class: "history-form",
        onsubmit: async (/** @type {Event} */ event) => {
          event.preventDefault();
          const title = box.value.trim();
          if (title === "" || title === row.title) return back();
          try {
            row.title = (await renameConversation(row.id, title)).title;
          } catch (error) {
            this._failed(error);
          }
          back();
        },
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          if (event.key !== "Escape" || event.isComposing) return;
          event.stopPropagation();
          back();
        },
      },
      box,
      el("button", { type: "submit", class: "link", text: "保存" }),
      button("取消", { class: "link", onclick: back }),
    );
    item.replaceChildren(form);
    box.select();
    box.focus();
  }

  /** @param {HTMLElement} item @param {Conversation} row */
  _confirm(item, row) {
    const back = () => this._restore(item, row, "删除");
    const no = button("取消", { class: "link", onclick: back });
    item.replaceChildren(
      el(
        "div",
        {
          class: "history-form",
          role: "group",
          "aria-label": `删除“${row.title}”？`,
          onkeydown: (/** @type {KeyboardEvent} */ event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            back();
          },
        },
        el("span", { class: "history-sure", text: "删除后不能恢复" }),
        button("确认删除", { class: "link", onclick: () => this._delete(row) }),
        no,
      ),
    );
    no.focus();
  }

  /** @param {Conversation} row */
  async _delete(row) {
    try {
      await deleteConversation(row.id);
    } catch (error) {
      this._failed(error);
    }
    if (row.id === this._chat.conversation) this._chat.reset();
    await this.refresh();
    /** @type {HTMLElement | null} */ (this._parts.frame.querySelector("button"))?.focus();
  }

  /** @param {HTMLElement} item @param {Conversation} row @param {string} tool the label of what gets the focus back */
  _restore(item, row, tool) {
    this._fill(item, row);
    /** @type {HTMLElement | null} */ (item.querySelector(`[title="${tool}"]`))?.focus();
  }

  /** @param {unknown} error */
  _failed(error) {
    notify(problemSentence(error));
  }
}

/** @param {string} time ISO @returns {string} today's time, or the date */
function day(time) {
  const at = new Date(time);
  const today = at.toDateString() === new Date().toDateString();
  return today
    ? at.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" })
    : at.toLocaleDateString("zh-CN", { month: "long", day: "numeric" });
}
