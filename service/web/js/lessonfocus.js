/** Keeps the keyboard where it is while what it stands on is made anew: what can have the focus has a name in `data-key`. */

/** @param {HTMLElement} area @param {string} key @returns {boolean} whether there was such an element */
export function focusKey(area, key) {
  const node = /** @type {HTMLElement | null} */ (area.querySelector(`[data-key="${CSS.escape(key)}"]`));
  node?.focus();
  return node !== null;
}

/** @param {HTMLElement} area @param {() => void} run */
export function keepingFocus(area, run) {
  const held = /** @type {HTMLElement | null} */ (document.activeElement);
  const key = held && area.contains(held) ? held.dataset.key : undefined;
  const box = held instanceof HTMLTextAreaElement ? held : null;
  const [start, end] = [box?.selectionStart ?? 0, box?.selectionEnd ?? 0];
  run();
  if (!key || held?.isConnected) return;
  const node = /** @type {HTMLElement | null} */ (area.querySelector(`[data-key="${CSS.escape(key)}"]`));
  node?.focus({ preventScroll: true });
  if (node instanceof HTMLTextAreaElement) node.setSelectionRange(start, end);
}
