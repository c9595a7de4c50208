/** The list of documents the answers are drawn from. */

import { getDocuments } from "./api.js";
import { authorityBadge } from "./authority.js";
import { el, icon } from "./dom.js";
import { chineseDate, number } from "./format.js";
import { problemBlock } from "./problem.js";

/** @typedef {import("./api.js").DocumentSummary} DocumentSummary */

export class DocumentsView {
  /**
   * @param {import("./panel.js").Panel} panel
   * @param {import("./source.js").SourceView} source
   * @param {HTMLElement} opener the button that shows the list
   */
  constructor(panel, source, opener) {
    this._panel = panel;
    this._source = source;
    this._opener = opener;
    this._shown = false;
  }

  toggle() {
    if (this._shown) this._panel.close();
    else this.open();
  }

  open() {
    const body = el("div", { class: "documents-body" });
    const node = el(
      "section",
      { class: "documents", "data-testid": "documents", "aria-labelledby": "documents-title" },
      el(
        "header",
        { class: "panel-head" },
        el("div", { class: "panel-bar" }, this._panel.closeButton()),
        el("h2", { class: "panel-title", id: "documents-title", tabindex: "-1", "data-autofocus": true }, "资料"),
        el("p", { class: "panel-about", text: "答案只引自这些资料，点开可看全文。" }),
      ),
      body,
    );
    this._panel.show(node, { opener: this._opener, onClose: () => this._setShown(false) });
    this._setShown(true);
    this._fill(body);
  }

  /** @param {HTMLElement} body */
  async _fill(body) {
    body.replaceChildren(el("p", { class: "loading", text: "正在读取资料…" }));
    try {
      const documents = await getDocuments();
      if (documents.length === 0) {
        body.replaceChildren(el("p", { class: "loading", text: "资料库还是空的，请先导入资料。" }));
        return;
      }
      body.replaceChildren(el("ul", { class: "documents-list" }, ...documents.map((item) => this._item(item))));
    } catch (error) {
      body.replaceChildren(problemBlock(error, () => this._fill(body)));
    }
  }

  /** @param {DocumentSummary} item */
  _item(item) {
    const length = `${number(item.characters)} 字`;
    const about = [item.rank === item.kind ? "" : item.kind, item.source, chineseDate(item.published), length].filter(Boolean).join(" · ");
    const open = () => this._source.openDocument(item.id, item.title, () => this.open());
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "document-item", onclick: open },
        icon("book"),
        el("span", { class: "document-title", text: item.title }),
        item.subtitle && el("span", { class: "document-subtitle", text: item.subtitle }),
        el("span", { class: "document-about" }, authorityBadge(item), about),
      ),
    );
  }

  /** @param {boolean} shown */
  _setShown(shown) {
    this._shown = shown;
    this._opener.setAttribute("aria-expanded", String(shown));
  }
}
