/** The question box. */

import { byId } from "./dom.js";
import { number } from "./format.js";
import { notify } from "./notice.js";
import { loadDraft, saveDraft } from "./store.js";
import { countCodePoints } from "./text.js";

/** The counter appears when this share of the allowed length is used. */
const COUNT_FROM = 0.8;

export class Composer {
  /** @param {{onSend: (question: string) => void, onStop: () => void, onAgain: () => void}} actions `onAgain`: Enter in the empty box */
  constructor({ onSend, onStop, onAgain }) {
    this._box = /** @type {HTMLTextAreaElement} */ (byId("question"));
    this._send = /** @type {HTMLButtonElement} */ (byId("send"));
    this._stop = /** @type {HTMLButtonElement} */ (byId("stop"));
    this._count = byId("composer-count");
    this._limit = 0;
    this._busy = false;
    this._onSend = onSend;
    this._onAgain = onAgain;
    this._box.addEventListener("input", () => this._changed());
    this._box.addEventListener("keydown", (event) => this._key(event));
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this._submit();
    });
    this._stop.addEventListener("click", () => {
      onStop();
      this._box.focus();
    });
    this.question = loadDraft();
  }

  /** @returns {string} */
  get question() {
    return this._box.value;
  }

  set question(text) {
    this._box.value = text;
    this._changed();
  }

  /** @param {number} characters the longest question the service takes; 0 for not known */
  set limit(characters) {
    this._limit = characters;
    this._changed();
  }

  /** @param {boolean} busy whether an answer is being made */
  set busy(busy) {
    const held = document.activeElement === this._send || document.activeElement === this._stop;
    this._busy = busy;
    this._send.hidden = busy;
    this._stop.hidden = !busy;
    this._changed();
    // The button under the keyboard has just gone; on a touch screen focusing the box would raise the keyboard.
    if (held && window.matchMedia("(hover: hover)").matches) this._box.focus();
  }

  focus() {
    this._box.focus();
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    if (event.key !== "Enter" || event.shiftKey) return;
    // Enter that picks a candidate of an input method belongs to it; 229 is how Safari marks the last such key.
    if (event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (this._box.value.trim() === "" && !event.repeat) this._onAgain();
    else this._submit();
  }

  _submit() {
    const question = this._box.value.trim();
    if (this._busy && question !== "") notify("请等当前回答完成，或先点“停止”");
    if (this._busy || question === "" || this._tooLong() > 0) return;
    this.question = "";
    // On a touch screen the keyboard would cover the answer.
    if (window.matchMedia("(hover: none)").matches) this._box.blur();
    this._onSend(question);
  }

  /** @returns {number} how many characters too many, counted as the service counts them */
  _tooLong() {
    return this._limit > 0 ? Math.max(0, countCodePoints(this._box.value.trim()) - this._limit) : 0;
  }

  _changed() {
    saveDraft(this._box.value);
    const used = countCodePoints(this._box.value.trim());
    const over = this._tooLong();
    this._send.disabled = this._busy || used === 0 || over > 0;
    this._count.classList.toggle("over", over > 0);
    this._box.setAttribute("aria-invalid", String(over > 0));
    if (over > 0) this._count.textContent = `最多 ${number(this._limit)} 字，请删减 ${number(over)} 字`;
    else if (this._limit > 0 && used > this._limit * COUNT_FROM) {
      this._count.textContent = `${number(used)} / ${number(this._limit)}`;
    } else this._count.textContent = "";
    // Grow with the text up to the height the style sheet allows.
    this._box.style.height = "auto";
    this._box.style.height = `${this._box.scrollHeight}px`;
  }
}
