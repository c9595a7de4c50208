/** What a reader can do with an open document: its outline, the repairs made to it, simplified script, the file itself. */

import { getRepairs, originalAddress } from "./api.js";
import { button, el, icon } from "./dom.js";
import { number } from "./format.js";
import { outlineList } from "./outline.js";
import { problemBlock } from "./problem.js";
import { repairsList } from "./repairs.js";

/** @typedef {import("./api.js").SourceDocument} SourceDocument */
/** @typedef {import("./sourcetext.js").Points} Points */
/**
 * @typedef {object} Reading
 * @property {SourceDocument} document
 * @property {import("./text.js").CodePointText} points its text
 * @property {import("./text.js").CodePointText} shown what is read: `points`, or the same in simplified script
 * @property {number | null} at where the mark is
 */

export class SourceTools {
  /** @param {{go: (place: Points) => void, onScript: (simplified: boolean) => void}} actions `go` brings a place into view */
  constructor(actions) {
    this._actions = actions;
    this.bar = el("div", { class: "source-tools" });
    this.drawer = el("div", {
      class: "source-drawer",
      id: "source-drawer",
      role: "region",
      tabindex: "-1",
      hidden: true,
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation(); // the document stays open
        this._close(true);
      },
    });
    /** The button whose list is in the drawer. @type {HTMLElement | null} */
    this._opener = null;
  }

  /** Nothing is open yet. */
  clear() {
    this._close(false);
    this.bar.replaceChildren();
  }

  /** @param {Reading} reading */
  show(reading) {
    const { document, points, shown, at } = reading;
    this._close(false);
    const edits = document.edits?.length ?? 0;
    const simplified = shown !== points;
    this.bar.replaceChildren(
      ...[
        document.sections.length > 0 && this._opening("目录", "list", "open-outline", () => outlineList(document.sections, shown, at, this._go)),
        edits > 0 && this._opening(`修复 ${number(edits)} 处`, "edit", "open-repairs", () => this._repairs(document.id, points)),
        (document.traditional ?? 0) > 0 &&
          button("简体对照", {
            icon: "script",
            class: "plain",
            "data-testid": "script",
            "aria-pressed": String(simplified),
            onclick: () => this._actions.onScript(!simplified),
          }),
        document.original &&
          el("a", { class: "plain", href: originalAddress(document.id), download: true, "data-testid": "original" }, icon("download"), el("span", { text: "下载原件" })),
      ].filter((node) => node !== false),
    );
  }

  /**
   * @param {string} name
   * @param {import("./dom.js").IconName} iconName
   * @param {string} id
   * @param {() => Node} content
   */
  _opening(name, iconName, id, content) {
    const opener = button(name, {
      icon: iconName,
      class: "plain",
      "data-testid": id,
      "aria-expanded": "false",
      "aria-controls": this.drawer.id,
      onclick: () => {
        if (this._opener === opener) return this._close(true);
        this._close(false);
        this._opener = opener;
        opener.setAttribute("aria-expanded", "true");
        this.drawer.setAttribute("aria-label", name);
        this.drawer.replaceChildren(content());
        this.drawer.hidden = false;
        this.drawer.scrollTop = 0;
        const current = /** @type {HTMLElement | null} */ (this.drawer.querySelector("[aria-current]"));
        (current ?? this.drawer).focus();
      },
    });
    return opener;
  }

  /** @param {string} id @param {import("./text.js").CodePointText} points @returns {HTMLElement} filled once the service has answered */
  _repairs(id, points) {
    const place = el("div", {}, el("p", { class: "loading", text: "正在读取修复记录…" }));
    const fill = async () => {
      try {
        place.replaceChildren(repairsList(await getRepairs(id), points, this._go));
      } catch (error) {
        place.replaceChildren(problemBlock(error, fill));
      }
    };
    fill();
    return place;
  }

  _go = (/** @type {Points} */ place) => {
    this._close(false);
    this._actions.go(place);
  };

  /** @param {boolean} back whether the keyboard goes back to the button */
  _close(back) {
    const opener = this._opener;
    this._opener = null;
    this.drawer.hidden = true;
    this.drawer.replaceChildren();
    opener?.setAttribute("aria-expanded", "false");
    if (back) opener?.focus();
  }
}
