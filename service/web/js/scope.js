/** The button beside the question box that says which documents may speak: all, rules only, practice only. */

import { byId, el, icon } from "./dom.js";
import { loadScope, saveScope } from "./store.js";

/** @typedef {{natures?: string[]}} Filters */
/** @typedef {{id: string, label: string, about: string, filters: Filters | null}} Scope */

/** @type {Scope[]} */
const SCOPES = [
  { id: "all", label: "全部", about: "所有资料", filters: null },
  { id: "rules", label: "只看规定", about: "法规和文件", filters: { natures: ["规定"] } },
  { id: "practice", label: "只看做法", about: "报道和经验材料", filters: { natures: ["做法"] } },
];

/** @param {string} id @returns {Scope} all documents where there is no such scope */
export function scopeOf(id) {
  return SCOPES.find((scope) => scope.id === id) ?? SCOPES[0];
}

export class ScopeMenu {
  constructor() {
    this._scope = scopeOf(loadScope());
    this._button = byId("scope");
    this._menu = byId("scope-menu");
    this._label = el("span", { class: "scope-label" });
    this._button.append(this._label, icon("down"));
    this._items = SCOPES.map((scope) =>
      el(
        "button",
        {
          type: "button",
          class: "scope-item",
          role: "menuitemradio",
          tabindex: "-1",
          "data-scope": scope.id,
          onclick: () => this._choose(scope),
        },
        icon("check"),
        el("span", { text: scope.label }),
        el("span", { class: "scope-about", text: scope.about }),
      ),
    );
    this._menu.append(...this._items);
    this._button.addEventListener("click", () => (this._menu.hidden ? this._open() : this._close(true)));
    this._button.addEventListener("keydown", (event) => this._buttonKey(event));
    this._menu.addEventListener("keydown", (event) => this._menuKey(event));
    document.addEventListener("pointerdown", (event) => {
      const inside = event.target instanceof Node && (this._menu.contains(event.target) || this._button.contains(event.target));
      if (!inside) this._close(false);
    });
    this._show();
  }

  /** @returns {string} the id of the scope chosen */
  get chosen() {
    return this._scope.id;
  }

  _open(from = SCOPES.indexOf(this._scope)) {
    this._menu.hidden = false;
    this._button.setAttribute("aria-expanded", "true");
    this._items[from].focus();
  }

  /** @param {boolean} back whether the keyboard goes back to the button */
  _close(back) {
    if (this._menu.hidden) return;
    this._menu.hidden = true;
    this._button.setAttribute("aria-expanded", "false");
    if (back) this._button.focus();
  }

  /** @param {Scope} scope */
  _choose(scope) {
    this._scope = scope;
    saveScope(scope.id);
    this._show();
    this._close(true);
  }

  _show() {
    const { id, label } = this._scope;
    this._label.textContent = id === "all" ? "范围" : label;
    this._button.setAttribute("aria-label", `资料范围：${label}`);
    this._button.classList.toggle("narrowed", id !== "all");
    for (const item of this._items) item.setAttribute("aria-checked", String(item.dataset.scope === id));
  }

  /** @param {KeyboardEvent} event */
  _buttonKey(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    this._open(event.key === "ArrowDown" ? 0 : this._items.length - 1);
  }

  /** @param {KeyboardEvent} event */
  _menuKey(event) {
    const last = this._items.length - 1;
    const at = this._items.findIndex((item) => item === document.activeElement);
    const goals = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, Home: 0, End: last };
    if (event.key in goals) {
      event.preventDefault();
      this._items[goals[/** @type {keyof typeof goals} */ (event.key)]].focus();
    } else if (event.key === "Escape") {
      event.stopPropagation(); // the panel beside the dialogue stays open
      this._close(true);
    } else if (event.key === "Tab") this._close(false);
  }
}
