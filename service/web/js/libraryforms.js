/** The form that corrects what is known of a document: what holds now, what was detected, and the way back to that. */

import { ApiError } from "./api.js";
import { button, el } from "./dom.js";
import { problemLine } from "./problem.js";

/** @typedef {import("./libraryapi.js").Field} Field */
/** @typedef {HTMLInputElement | HTMLSelectElement} Input */

const HINTS = new Map([
  ["date", "如 2024-12-07、2024-12 或 2024"],
  ["names", "几个名字用顿号隔开"],
]);
let forms = 0;

export class CorrectionForm {
  /**
   * @param {Field[]} fields
   * @param {{save: (changes: Record<string, string | null>) => Promise<void>, cancel: () => void}} does
   */
  constructor(fields, { save, cancel }) {
    this._fields = fields;
    this._save = save;
    forms += 1;
    this._id = `correct-${forms}`;
    /** @type {Map<string, Input>} */
    this._inputs = new Map();
    /** The fields whose correction is to be taken back. @type {Set<string>} */
    this._back = new Set();
    this._problem = el("div", { class: "form-problem" });
    this._submit = /** @type {HTMLButtonElement} */ (el("button", { type: "submit", class: "primary", "data-testid": "save" }, "保存"));
    const actions = el("div", { class: "actions" }, this._submit, button("取消", { class: "plain", "data-testid": "cancel", onclick: cancel }));
    this.node = el(
      "form",
      { class: "correction", "data-testid": "correction", "aria-label": "更正资料信息", novalidate: true },
      el("p", { class: "correction-lead", text: "只改不对的。更正只改这里登记的信息，不改原文；重新导入后仍然有效。" }),
      el("div", { class: "correction-grid" }, ...fields.map((field) => this._row(field))),
      this._problem,
      actions,
    );
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this._send();
    });
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) {
        event.stopPropagation(); // the source beside the list stays open
        cancel();
      }
    });
  }

  focus() {
    this._inputs.values().next().value?.focus();
  }

  /** @param {Field} field */
  _row(field) {
    const id = `${this._id}-${field.name}`;
    const hint = HINTS.get(field.form);
    const options = { id, class: "field-input", "data-testid": `field-${field.name}`, "aria-describedby": `${id}-about` };
    const input = field.form === "choice" ? choice(field, options) : /** @type {Input} */ (el("input", { type: "text", autocomplete: "off", maxlength: 1000, ...options }));
    input.value = field.value;
    this._inputs.set(field.name, input);
    const about = el("p", { class: "field-about", id: `${id}-about` });
    if (field.corrected === "hand") {
      const undo = button("撤销更正", { class: "link", "data-testid": `undo-${field.name}`, "aria-label": `撤销对${field.label}的更正`, onclick: () => this._takeBack(field, about) });
      about.append(el("span", { text: field.detected ? `人工更正过，识别为：${field.detected}` : "人工更正过，原文没有识别出" }), undo);
    } else {
      const words = [field.corrected === "sidecar" && "来自旁注", !field.detected && "没有识别出", hint].filter(Boolean);
      about.textContent = words.join("；");
    }
    return el("div", { class: "field" }, el("label", { class: "field-label", for: id, text: field.label }), input, about);
  }

  /** @param {Field} field @param {HTMLElement} about */
  _takeBack(field, about) {
    const input = /** @type {Input} */ (this._inputs.get(field.name));
    input.value = field.detected;
    this._back.add(field.name);
    about.textContent = "保存后恢复为识别出的内容";
    input.focus();
  }

  /** @returns {Record<string, string | null>} what is to be changed */
  _changes() {
    /** @type {Record<string, string | null>} */
    const changes = {};
    for (const field of this._fields) {
      const now = this._inputs.get(field.name)?.value.trim() ?? "";
      const back = this._back.has(field.name) && now === field.detected;
      if (back) changes[field.name] = null;
      else if (now !== field.value) changes[field.name] = now;
    }
    return changes;
  }

  /**
   * The service calls fields by the names that files and commands know them by; here they go by their labels.
   *
   * @param {unknown} error
   */
  _named(error) {
    if (!(error instanceof ApiError)) return error;
    const wrong = this._fields.find(({ name }) => new RegExp(`\\b${name}\\b`, "u").test(error.detail));
    if (!wrong) return error;
    const input = this._inputs.get(wrong.name);
    input?.setAttribute("aria-invalid", "true");
    input?.focus();
    return new ApiError({ ...error, detail: error.detail.replace(wrong.name, `“${wrong.label}”`) });
  }

  async _send() {
    const changes = this._changes();
    for (const input of this._inputs.values()) input.removeAttribute("aria-invalid");
    this._problem.replaceChildren();
    if (Object.keys(changes).length === 0) {
      this._problem.replaceChildren(el("p", { class: "row-problem", role: "alert", text: "没有改动。请先修改要更正的项，或点“取消”。" }));
      return;
    }
    if (this._submit.getAttribute("aria-disabled") === "true") return;
    this._submit.setAttribute("aria-disabled", "true");
    this._submit.textContent = "正在保存…";
    try {
      await this._save(changes);
    } catch (error) {
      this._problem.replaceChildren(problemLine(this._named(error)));
    } finally {
      this._submit.removeAttribute("aria-disabled");
      this._submit.textContent = "保存";
    }
  }
}

/** @param {Field} field @param {Record<string, string>} options @returns {Input} */
function choice(field, options) {
  const values = field.choices.includes(field.value) || !field.value ? field.choices : [field.value, ...field.choices];
  const items = [el("option", { value: "", text: "（空）" }), ...values.map((value) => el("option", { value, text: value }))];
  return /** @type {Input} */ (el("select", options, ...items));
}
