/**
 * The frame at the right that holds a source or the list of documents. On a narrow screen it takes the place of what is
 * beside it, and the browser's back button leads back.
 */

import { el, icon } from "./dom.js";

const narrow = window.matchMedia("(max-width: 899px)");

export class Panel {
  /**
   * @param {HTMLElement} frame
   * @param {HTMLElement} stage holds the frame and what is beside it
   * @param {HTMLElement} main what is beside it; it scrolls in its element `.dialogue`, where there is one
   * @param {string} [name] what the reader returns to
   */
  constructor(frame, stage, main, name = "对话") {
    this._frame = frame;
    this._stage = stage;
    this._main = main;
    this._name = name;
    /** Where the keyboard goes back to. @type {HTMLElement | null} */
    this._opener = null;
    /** @type {(() => void) | null} */
    this._onClose = null;
    this._inHistory = false;
    narrow.addEventListener("change", () => this._apply());
    window.addEventListener("popstate", () => {
      // Following the skip link is history too; only our own entry has to do with the panel.
      if (!this._inHistory) return;
      this._inHistory = false;
      this.close();
    });
  }

  /** @returns {boolean} */
  get isOpen() {
    return !this._frame.hidden;
  }

  /**
   * @param {HTMLElement} content
   * @param {{opener?: HTMLElement | null, onClose?: () => void}} options `opener` gets the focus back on closing
   */
  show(content, { opener = null, onClose } = {}) {
    this._onClose?.();
    this._onClose = onClose ?? null;
    if (opener && !this._frame.contains(opener)) this._opener = opener;
    this._frame.replaceChildren(content);
    if (!this.isOpen && narrow.matches) {
      history.pushState({ panel: true }, "");
      this._inHistory = true;
    }
    this._frame.hidden = false;
    this._apply();
    /** @type {HTMLElement | null} */ (content.querySelector("[data-autofocus]"))?.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    this._frame.hidden = true;
    this._frame.replaceChildren();
    this._onClose?.();
    this._onClose = null;
    this._apply();
    if (this._inHistory) {
      this._inHistory = false;
      history.back();
    }
    if (this._opener?.isConnected) this._opener.focus({ preventScroll: !narrow.matches });
    this._opener = null;
  }

  /** @returns {HTMLElement} the button that closes the panel: a cross, on a narrow screen the words of the way back */
  closeButton() {
    return el(
      "button",
      { type: "button", class: "panel-close", "aria-label": `关闭，返回${this._name}`, onclick: () => this.close() },
      icon("back"),
      el("span", { text: `返回${this._name}` }),
      icon("close"),
    );
  }

  _apply() {
    const opener = this._opener?.isConnected ? this._opener : null;
    const before = opener?.getBoundingClientRect().top ?? 0;
    this._stage.classList.toggle("with-panel", this.isOpen);
    // What is beside the panel gets narrower or wider: what the reader pressed stays where it was.
    const scroller = opener?.closest(".dialogue");
    if (opener && scroller) scroller.scrollTop += opener.getBoundingClientRect().top - before;
    // What is covered must not take focus or be read.
    this._main.inert = this.isOpen && narrow.matches;
  }
}
