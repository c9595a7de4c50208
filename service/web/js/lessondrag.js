/** Points are dragged by their grip, with a mouse, a pen or a finger; the keyboard has buttons for the same. */

import { el } from "./dom.js";

/** So close to an edge of the window the outline scrolls along, in pixels. */
const EDGE = 72;
const PACE = 14;

/** @typedef {import("./lessonedit.js").Place} Place */

/**
 * @param {HTMLElement} outline
 * @param {HTMLElement} scroller
 * @param {(id: string, place: Place) => void} onDrop the place is counted without the point that moves
 */
export function makeDraggable(outline, scroller, onDrop) {
  outline.addEventListener("pointerdown", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const point = /** @type {HTMLElement | null} */ (target?.closest(".point-grip")?.closest(".point") ?? null);
    if (!point || event.button !== 0) return;
    event.preventDefault();
    drag(outline, scroller, point, event, onDrop);
  });
}

/** @param {HTMLElement} outline @param {HTMLElement} scroller @param {HTMLElement} point @param {PointerEvent} start @param {(id: string, place: Place) => void} onDrop */
function drag(outline, scroller, point, start, onDrop) {
  const line = el("li", { class: "drop-line", "aria-hidden": "true" });
  /** @type {Place | null} */
  let place = null;
  let y = start.clientY;
  let frame = 0;
  const follow = () => {
    const box = scroller.getBoundingClientRect();
    if (y < box.top + EDGE) scroller.scrollTop -= PACE;
    else if (y > box.bottom - EDGE) scroller.scrollTop += PACE;
    place = show(outline, point, line, y);
    frame = requestAnimationFrame(follow);
  };
  const stop = new AbortController();
  const end = (/** @type {boolean} */ dropped) => {
    stop.abort();
    cancelAnimationFrame(frame);
    line.remove();
    point.classList.remove("dragged");
    outline.classList.remove("dragging");
    if (dropped && place) onDrop(point.dataset.id ?? "", place);
  };
  const { signal } = stop;
  point.classList.add("dragged");
  outline.classList.add("dragging");
  document.addEventListener("pointermove", (event) => (y = event.clientY), { signal });
  document.addEventListener("pointerup", () => end(true), { signal });
  document.addEventListener("pointercancel", () => end(false), { signal });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    end(false);
  }, { signal, capture: true });
  follow();
}

/**
 * Puts the line where the point would go.
 *
 * @param {HTMLElement} outline
 * @param {HTMLElement} point
 * @param {HTMLElement} line
 * @param {number} y
 * @returns {Place | null}
 */
function show(outline, point, line, y) {
  const parts = /** @type {HTMLElement[]} */ ([...outline.querySelectorAll(".part")]);
  const part = parts.find((node) => node.getBoundingClientRect().bottom > y) ?? parts[parts.length - 1];
  const list = part?.querySelector(".points");
  if (!part || !list) return null;
  const others = [...list.querySelectorAll(":scope > .point")].filter((node) => node !== point);
  const above = others.filter((node) => middle(node) < y);
  const next = others[above.length];
  if (next) next.before(line);
  else list.append(line);
  return { section: Number(part.dataset.section), index: above.length };
}

/** @param {Element} node */
function middle(node) {
  const { top, height } = node.getBoundingClientRect();
  return top + height / 2;
}
