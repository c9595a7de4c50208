/** A short word to the user above the question box, with at most one thing to do about it. */

import { button, byId, el } from "./dom.js";

const STAY = 6000;
let timer = 0;

/**
 * @param {string} text
 * @param {{label: string, run: () => void}} [action]
 */
export function notify(text, action) {
  const place = byId("notice");
  clearTimeout(timer);
  const act = action && button(action.label, { class: "link", onclick: () => (dismiss(), action.run()) });
  place.replaceChildren(el("span", { text }), ...(act ? [act] : []));
  timer = setTimeout(dismiss, STAY);
}

/** What was said no longer fits. */
export function dismiss() {
  clearTimeout(timer);
  byId("notice").replaceChildren();
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether it is on the clipboard
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/**
 * The clipboard interface is missing on plain http, which is how an office network serves this page.
 *
 * @param {string} text
 */
function copyBySelection(text) {
  const held = document.activeElement;
  const box = /** @type {HTMLTextAreaElement} */ (el("textarea", { class: "visually-hidden", "aria-hidden": "true" }));
  box.value = text;
  document.body.append(box);
  box.select();
  const copied = document.execCommand("copy");
  box.remove();
  if (held instanceof HTMLElement) held.focus();
  return copied;
}
