/** What is known of one document, in place below its row: fields, versions, original, and the form that corrects it. */

import { originalAddress } from "./api.js";
import { button, el } from "./dom.js";
import { chineseDate, number } from "./format.js";
import { CorrectionForm } from "./libraryforms.js";
import { correct, getFields } from "./libraryapi.js";
import { problemBlock, problemLine } from "./problem.js";
import { diffAddress, statusBadge, versionName } from "./versions.js";

/** @typedef {import("./api.js").DocumentSummary} DocumentSummary */
/** @typedef {import("./libraryapi.js").Field} Field */
/** @typedef {import("./librarylist.js").Page} Page */

const BY = new Map([
  ["hand", "人工更正"],
  ["sidecar", "旁注更正"],
]);

export class DocumentDetails {
  /** @param {DocumentSummary} item @param {Page} page */
  constructor(item, page) {
    this._item = item;
    this._page = page;
    this.node = el("div", { class: "details", "data-testid": "details" });
    this._load();
  }

  async _load() {
    this.node.replaceChildren(el("p", { class: "loading", text: "正在读取详情…" }));
    try {
      this._fields = await getFields(this._item.id);
      this._show();
    } catch (error) {
      this.node.replaceChildren(problemBlock(error, () => this._load()));
    }
  }

  /** @param {HTMLElement | null} [word] what was just done, with its undo */
  _show(word = null) {
    this._editor = this._page.access()?.allowed
      ? button("更正", { icon: "edit", class: "plain", "data-testid": "correct", onclick: () => this._edit() })
      : null;
    this.node.replaceChildren(
      el("div", { class: "details-head" }, this._links(), this._editor),
      ...(word ? [word] : []),
      this._facts(),
      ...this._versions(),
    );
  }

  _links() {
    const { id, characters, passages, added } = this._item;
    const day = added ? `，${chineseDate(added.slice(0, 10))}入库` : "";
    const original = this._fields?.original
      ? el("a", { href: originalAddress(id), download: true, class: "link", "data-testid": "download" }, "下载原件")
      : el("span", { class: "details-missing", text: "原件已不在导入时的位置" });
    return el("p", { class: "details-about" }, `${number(characters)} 字，${number(passages)} 段${day}`, original);
  }

  _facts() {
    const known = (this._fields?.fields ?? []).filter((field) => field.value || field.corrected);
    if (known.length === 0) return el("p", { class: "details-about", text: "没有识别出标题、来源等信息。" });
    return el("dl", { class: "known" }, ...known.map((field) => this._fact(field)));
  }

  /** @param {Field} field */
  _fact(field) {
    const { label, value, detected, corrected } = field;
    const mark = corrected && el("span", { class: "fact-mark", text: BY.get(corrected) ?? "更正" });
    const was = corrected === "hand" && el("span", { class: "fact-was", text: detected ? `识别为：${detected}` : "原文没有识别出" });
    return el("div", { "data-field": field.name }, el("dt", { text: label }), el("dd", {}, el("span", { text: value || "（空）" }), mark, was));
  }

  /** @returns {HTMLElement[]} */
  _versions() {
    const versions = this._item.versions ?? [];
    if (versions.length < 2) return [];
    const own = versions.findIndex((version) => version.id === this._item.id);
    const rows = versions.map((version, index) => {
      const dates = [version.published && `${chineseDate(version.published)}发布`, version.effective && `${chineseDate(version.effective)}施行`];
      const href = index < own ? diffAddress(version, this._item) : diffAddress(this._item, version);
      const link = index === own ? el("span", { class: "details-missing", text: "本资料" }) : el("a", { class: "link", href, "data-testid": "compare" }, "逐条对照");
      return el("li", {}, el("span", { class: "version-name", text: versionName(version) }), statusBadge(version.status), el("span", { class: "version-dates", text: dates.filter(Boolean).join("，") }), link);
    });
    return [el("h3", { class: "details-title", text: "各个版本" }), el("ul", { class: "versions", "data-testid": "versions" }, ...rows)];
  }

  _edit() {
    const form = new CorrectionForm(this._fields?.fields ?? [], {
      save: (changes) => this._save(changes),
      cancel: () => this._back(),
    });
    this.node.replaceChildren(form.node);
    form.focus();
  }

  /** @param {HTMLElement | null} [word] */
  _back(word = null) {
    this._show(word);
    /** @type {HTMLElement | null} */ (word?.querySelector("button") ?? this._editor)?.focus();
  }

  /** @param {Record<string, string | null>} changes */
  async _save(changes) {
    const before = this._fields?.fields ?? [];
    await this._apply(changes);
    const named = before.filter((field) => field.name in changes);
    // Taking the change back restores the correction that was there before, if there was one.
    const back = Object.fromEntries(named.map((field) => [field.name, field.corrected === "hand" ? field.value : null]));
    const undo = button("撤销", { icon: "undo", class: "plain", "data-testid": "undo-correct", onclick: () => this._undo(back, word) });
    const word = el("p", { class: "details-done", role: "status" }, `已保存：${named.map((field) => field.label).join("、")}。`, undo);
    this._back(word);
  }

  /** @param {Record<string, string | null>} back @param {HTMLElement} word */
  async _undo(back, word) {
    try {
      await this._apply(back);
      this._back(el("p", { class: "details-done", role: "status", text: "已恢复为更正之前的内容。" }));
    } catch (error) {
      this._page.refused(error);
      word.append(problemLine(error));
    }
  }

  /** @param {Record<string, string | null>} changes */
  async _apply(changes) {
    try {
      this._item = await correct(this._item.id, changes);
    } catch (error) {
      this._page.refused(error);
      throw error;
    }
    this._fields = await getFields(this._item.id);
    this._page.changed(this._item);
  }
}
