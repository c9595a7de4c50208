/** Citation numbers and the small card that shows what stands behind one. */

import { authorityBadge } from "./authority.js";
import { el } from "./dom.js";
import { bookTitle, placeAndPages, sourceAndDate } from "./format.js";

/** @typedef {import("./api.js").Citation} Citation */

/** Which citation a number stands for. @type {WeakMap<Element, Citation>} */
const citationOf = new WeakMap();

/**
 * @param {Citation} citation
 * @param {(citation: Citation, chip: HTMLElement) => void} onOpen
 * @returns {HTMLElement} a number to press
 */
export function citationChip(citation, onOpen) {
  // The brackets are there for copying and for screen readers, the eye gets a chip.
  const chip = el(
    "button",
    {
      type: "button",
      class: "chip",
      "data-testid": "citation",
      "aria-label": `引文 ${citation.id}，${bookTitle(citation.title)}`,
      onclick: () => onOpen(citation, chip),
    },
    el("span", { class: "chip-bracket", text: "[" }),
    el("span", { class: "chip-number", text: citation.id }),
    el("span", { class: "chip-bracket", text: "]" }),
  );
  citationOf.set(chip, citation);
  return chip;
}

/**
 * Shows which citation the source panel is open at.
 *
 * @param {HTMLElement} area one turn of the dialogue
 * @param {Citation | null} citation
 */
export function markActive(area, citation) {
  for (const chip of area.querySelectorAll(".chip")) {
    // By number: the finished answer brings its own copies of the citations that were streamed.
    const active = citation !== null && citationOf.get(chip)?.id === citation.id;
    chip.classList.toggle("active", active);
    if (active) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
}

const SHOW_AFTER = 140;
const HIDE_AFTER = 180;
const EDGE = 12;

/** Shows a citation's title, source, place and quote beside its number, on hover and on keyboard focus. */
export class CitationCard {
  /** @param {HTMLElement} area the element whose numbers get cards */
  constructor(area) {
    this._card = el("div", { class: "card", id: "citation-card", role: "tooltip", hidden: true });
    /** @type {Element | null} */
    this._chip = null;
    this._timer = 0;
    document.body.append(this._card);
    area.addEventListener("pointerover", (event) => {
      // Touch opens the source at once; a card under the finger would only be in the way.
      if (event.pointerType !== "touch") this._over(event.target);
    });
    area.addEventListener("pointerout", (event) => {
      if (chipAt(event.target)) this._hideSoon();
    });
    area.addEventListener("focusin", (event) => {
      const chip = chipAt(event.target);
      if (chip?.matches(":focus-visible")) this._show(chip);
    });
    area.addEventListener("focusout", () => this.hide());
    area.addEventListener("click", () => this.hide());
    area.addEventListener("scroll", () => this.hide(), { capture: true, passive: true });
    // The pointer may travel into the card to read it or to select its words.
    this._card.addEventListener("pointerenter", () => clearTimeout(this._timer));
    this._card.addEventListener("pointerleave", () => this._hideSoon());
  }

  /** @returns {boolean} whether there was a card to hide */
  hide() {
    clearTimeout(this._timer);
    const shown = this._chip !== null;
    this._chip?.removeAttribute("aria-describedby");
    this._chip = null;
    this._card.hidden = true;
    return shown;
  }

  /** @param {EventTarget | null} target */
  _over(target) {
    const chip = chipAt(target);
    if (!chip) return;
    clearTimeout(this._timer);
    if (chip !== this._chip) this._timer = setTimeout(() => this._show(chip), SHOW_AFTER);
  }

  _hideSoon() {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this.hide(), HIDE_AFTER);
  }

  /** @param {Element} chip */
  _show(chip) {
    const citation = citationOf.get(chip);
    if (!citation || !chip.isConnected) return;
    this.hide();
    this._chip = chip;
    chip.setAttribute("aria-describedby", this._card.id);
    const about = sourceAndDate(citation);
    const place = placeAndPages(citation);
    const badge = authorityBadge(citation);
    this._card.replaceChildren(
      el("p", { class: "card-title", text: bookTitle(citation.title) }),
      ...(badge || about ? [el("p", { class: "card-about" }, badge, about)] : []),
      ...(place ? [el("p", { class: "card-about", text: place })] : []),
      el("p", { class: "card-quote", text: citation.quote }),
      el("p", { class: "card-hint", text: "点编号打开原文" }),
    );
    this._card.hidden = false;
    this._place(chip.getBoundingClientRect());
  }

  /** @param {DOMRect} chip */
  _place(chip) {
    const card = this._card.getBoundingClientRect();
    const left = Math.min(chip.left - 24, window.innerWidth - card.width - EDGE);
    const below = chip.bottom + 8;
    const above = chip.top - card.height - 8;
    const top = below + card.height > window.innerHeight - EDGE && above > EDGE ? above : below;
    this._card.style.left = `${Math.max(EDGE, left)}px`;
    this._card.style.top = `${top}px`;
  }
}

/** @param {EventTarget | null} target @returns {Element | null} */
function chipAt(target) {
  return target instanceof Element ? target.closest(".chip") : null;
}
