/** The list of documents: a table where there is room, cards where there is not. */

import { button, el } from "./dom.js";
import { chineseDate, number } from "./format.js";
import { DocumentDetails } from "./librarydetails.js";
import { remove, restore } from "./libraryapi.js";
import { problemBlock, problemLine } from "./problem.js";
import { statusBadge } from "./versions.js";

/** @typedef {import("./api.js").DocumentSummary} DocumentSummary */
/** @typedef {import("./libraryapi.js").Access} Access */
/**
 * What a row needs of the page.
 *
 * @typedef {{access: () => Access | null, open: (item: DocumentSummary, opener: HTMLElement) => void, changed: (item: DocumentSummary) => void, removed: () => void, refused: (error: unknown) => void}} Page
 */

const AT_ONCE = 100;
const COLUMNS = ["资料", "性质", "层级", "效力", "来源", "发布日期", "操作"];

export class LibraryList {
  /** @param {HTMLElement} place @param {Page} page */
  constructor(place, page) {
    this._place = place;
    this._page = page;
    /** The documents whose details are open. @type {Set<string>} */
    this._open = new Set();
    /** Removed since the page was loaded, still shown in their place. @type {Map<string, DocumentSummary>} */
    this.gone = new Map();
    this._most = AT_ONCE;
  }

  /** @param {unknown} error @param {() => void} again */
  fail(error, again) {
    this._place.replaceChildren(problemBlock(error, again));
  }

  /** @param {DocumentSummary[]} documents in order @param {HTMLElement} none what is said where there are none */
  show(documents, none) {
    if (documents.length === 0) {
      this._place.replaceChildren(none);
      return;
    }
    const body = el("tbody", { role: "rowgroup" });
    for (const item of documents.slice(0, this._most)) body.append(...(this.gone.has(item.id) ? [this._tombstone(item)] : this._rows(item)));
    const head = el("tr", { role: "row" }, ...COLUMNS.map((name) => el("th", { role: "columnheader", scope: "col", text: name })));
    // Styled as cards a table is none to assistive technology unless its roles are said.
    const table = el("table", { class: "library-table", role: "table", "aria-label": "资料目录" }, el("thead", { role: "rowgroup" }, head), body);
    const rest = documents.length - this._most;
    const onclick = () => {
      this._most += AT_ONCE;
      this.show(documents, none);
    };
    const more = rest > 0 && button(`再显示 ${number(Math.min(rest, AT_ONCE))} 份`, { class: "plain more", "data-testid": "more", onclick });
    this._place.replaceChildren(table, ...(more ? [more] : []));
  }

  /** @param {DocumentSummary} item @returns {HTMLElement[]} the row, and below it that of its details where those are open */
  _rows(item) {
    const title = el("button", { type: "button", class: "row-title", "data-testid": "document-title", onclick: () => this._page.open(item, title) }, item.title);
    const details = button("详情", { class: "plain", "aria-expanded": "false", "data-testid": "details-toggle", "aria-label": `《${item.title}》的详情` });
    const removal = this._page.access()?.allowed
      ? button("移除", { icon: "bin", class: "plain", "data-testid": "remove", "aria-label": `移除《${item.title}》`, onclick: () => this._remove(item, row) })
      : null;
    const versions = item.versions?.length ?? 0;
    const cells = [
      el("td", { role: "cell", class: "cell-title" }, title, item.subtitle && el("span", { class: "row-subtitle", text: item.subtitle })),
      cell("性质", item.kind),
      cell("层级", item.rank ?? ""),
      cell("效力", statusBadge(item.status ?? ""), versions > 1 && el("span", { class: "row-versions", text: `${versions} 个版本` })),
      cell("来源", item.source),
      cell("发布日期", chineseDate(item.published)),
      el("td", { role: "cell", class: "cell-actions" }, el("div", { class: "row-actions" }, details, removal)),
    ];
    const row = el("tr", { role: "row", class: "row", "data-testid": "document", "data-id": item.id }, ...cells);
    const toggle = () => (this._open.has(item.id) ? this._fold(item, row, details) : this._unfold(item, row, details));
    details.addEventListener("click", toggle);
    if (!this._open.has(item.id)) return [row];
    details.setAttribute("aria-expanded", "true");
    return [row, this._detailsRow(item)];
  }

  /** @param {DocumentSummary} item @param {HTMLElement} row @param {HTMLElement} toggle */
  _unfold(item, row, toggle) {
    this._open.add(item.id);
    toggle.setAttribute("aria-expanded", "true");
    row.after(this._detailsRow(item));
  }

  /** @param {DocumentSummary} item @param {HTMLElement} row @param {HTMLElement} toggle */
  _fold(item, row, toggle) {
    this._open.delete(item.id);
    toggle.setAttribute("aria-expanded", "false");
    row.nextElementSibling?.remove();
  }

  /** @param {DocumentSummary} item */
  _detailsRow(item) {
    const changed = (/** @type {DocumentSummary} */ now) => this._replace(now);
    const details = new DocumentDetails(item, { ...this._page, changed });
    return el("tr", { role: "row", class: "details-row" }, el("td", { role: "cell", colspan: COLUMNS.length }, details.node));
  }

  /** The row says what was corrected; its details stay as they are. @param {DocumentSummary} now */
  _replace(now) {
    this._page.changed(now);
    const row = this._row(now.id);
    row?.replaceWith(this._rows(now)[0]);
  }

  /** @param {DocumentSummary} item @param {HTMLElement} row */
  async _remove(item, row) {
    const pressed = /** @type {HTMLButtonElement} */ (row.querySelector("[data-testid=remove]"));
    const label = /** @type {HTMLElement} */ (pressed.querySelector("span"));
    if (pressed.getAttribute("aria-disabled") === "true") return;
    pressed.setAttribute("aria-disabled", "true");
    label.textContent = "正在移除…";
    try {
      await remove(item.id);
    } catch (error) {
      pressed.removeAttribute("aria-disabled");
      label.textContent = "移除";
      row.querySelector(".row-problem")?.remove();
      row.querySelector(".cell-title")?.append(problemLine(error));
      this._page.refused(error);
      return;
    }
    if (this._open.has(item.id)) row.nextElementSibling?.remove();
    this._open.delete(item.id);
    this.gone.set(item.id, item);
    const left = this._tombstone(item);
    row.replaceWith(left);
    this._page.removed();
    /** @type {HTMLElement} */ (left.querySelector("button")).focus();
  }

  /** What stands where a document was, until the page is loaded anew. @param {DocumentSummary} item */
  _tombstone(item) {
    const undo = button("撤销", { icon: "undo", class: "plain", "data-testid": "undo-remove", onclick: () => this._putBack(item, row, undo) });
    const words = el("span", { role: "status", text: `已移除《${item.title}》，回答不再引用它。` });
    const row = el("tr", { role: "row", class: "tombstone", "data-id": item.id }, el("td", { role: "cell", colspan: COLUMNS.length }, el("div", { class: "tombstone-line" }, words, undo)));
    return row;
  }

  /** @param {DocumentSummary} item @param {HTMLElement} row @param {HTMLElement} undo */
  async _putBack(item, row, undo) {
    if (undo.getAttribute("aria-disabled") === "true") return;
    undo.setAttribute("aria-disabled", "true");
    try {
      const now = await restore(item.id);
      this.gone.delete(item.id);
      this._page.changed(now);
      const [made] = this._rows(now);
      row.replaceWith(made);
      /** @type {HTMLElement} */ (made.querySelector(".row-title")).focus();
      this._page.removed();
    } catch (error) {
      undo.removeAttribute("aria-disabled");
      row.querySelector(".row-problem")?.remove();
      row.querySelector("td")?.append(problemLine(error));
      this._page.refused(error);
    }
  }

  /** @param {string} id @returns {HTMLElement | null} */
  _row(id) {
    return this._place.querySelector(`.row[data-id="${CSS.escape(id)}"]`);
  }
}

/** @param {string} label named on cards, where no head stands over the column @param {...(Node | string | null | false | undefined)} content */
function cell(label, ...content) {
  const known = content.filter(Boolean);
  return el("td", { role: "cell", "data-label": label, class: known.length > 0 ? null : "empty-cell" }, ...known);
}
