/** Fields that read like the text they hold until one goes to change them. */

import { el, icon } from "./dom.js";

/**
 * A box that is as high as its words. The words stand behind it a second time: they give the height, and they are what
 * is printed.
 *
 * @param {string} value
 * @param {{class: string, key: string, label: string, placeholder?: string, longest: number, testid?: string, oninput: (value: string) => void, onleave: () => void}} options
 * @returns {HTMLElement}
 */
export function growingField(value, { class: name, key, label, placeholder = "", longest, testid, oninput, onleave }) {
  const mirror = el("div", { class: "grow-mirror", "aria-hidden": "true" });
  const show = (/** @type {string} */ words) => (mirror.textContent = `${words}\u200b`);
  const box = /** @type {HTMLTextAreaElement} */ (
    el("textarea", {
      class: "grow-box",
      rows: 1,
      "data-key": key,
      "data-testid": testid,
      "aria-label": label,
      placeholder,
      maxlength: longest,
      spellcheck: "false",
      oninput: () => {
        show(box.value);
        oninput(box.value);
      },
      onchange: onleave,
    })
  );
  box.value = value;
  show(value);
  return el("div", { class: `grow ${name}` }, box, mirror);
}

/**
 * One line: Enter ends it, as in a form, and lines that are pasted become one.
 *
 * @param {Parameters<typeof growingField>[0]} value
 * @param {Parameters<typeof growingField>[1]} options
 */
export function lineField(value, options) {
  const oninput = (/** @type {string} */ words) => options.oninput(words.replaceAll(/\s*\n\s*/gu, " "));
  const field = growingField(value, { ...options, oninput });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    /** @type {HTMLElement} */ (event.target).blur();
  });
  return field;
}

/**
 * @param {number} value
 * @param {{key: string, label: string, least: number, most: number, testid: string, onchange: (value: number) => void, onleave: () => void}} options
 *   `onchange` hears only of whole numbers between `least` and `most`; anything else is put right on leaving
 * @returns {HTMLElement}
 */
export function minutesField(value, { key, label, least, most, testid, onchange, onleave }) {
  let last = value;
  const box = /** @type {HTMLInputElement} */ (
    el("input", {
      type: "number",
      class: "minutes-box",
      inputmode: "numeric",
      min: least,
      max: most,
      step: 1,
      value,
      "data-key": key,
      "data-testid": testid,
      "aria-label": label,
      oninput: () => {
        const wanted = Number(box.value);
        if (box.value === "" || !Number.isInteger(wanted) || wanted < least || wanted > most) return;
        last = wanted;
        onchange(wanted);
      },
      onchange: () => {
        box.value = String(last);
        onleave();
      },
    })
  );
  return el("span", { class: "minutes" }, box, el("span", { class: "minutes-unit", "aria-hidden": "true", text: "分钟" }));
}

/**
 * @param {string} label
 * @param {import("./dom.js").IconName} name
 * @param {{key: string, onclick: () => void, off?: boolean, testid?: string, about?: string}} options `about` says of what, to those who do not see the page
 */
export function toolButton(label, name, { key, onclick, off = false, testid, about = "" }) {
  return el(
    "button",
    {
      type: "button",
      class: "tool",
      title: label,
      "aria-label": about ? `${label}：${about}` : label,
      // aria-disabled keeps the keyboard where it is; a disabled button would lose it.
      "aria-disabled": off ? "true" : null,
      "data-key": key,
      "data-testid": testid,
      onclick: () => !off && onclick(),
    },
    icon(name),
  );
}
