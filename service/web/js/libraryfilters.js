/** Which documents the list shows, in which order: the search box, the filters, and the address that remembers them. */

import { button, el } from "./dom.js";

/** @typedef {import("./api.js").DocumentSummary} DocumentSummary */
/** @typedef {{q: string, kind: string, rank: string, status: string, source: string, from: string, to: string, sort: string}} Wanted */

/** In the filters that choose a value, what stands for documents without one. */
const UNKNOWN = "-";

const CHOICES = /** @type {const} */ ([
  ["kind", "性质"],
  ["rank", "层级"],
  ["status", "效力"],
  ["source", "来源"],
]);
const SORTS = new Map([
  ["", "最近入库在前"],
  ["published", "最近发布在前"],
  ["title", "按标题"],
]);
/** @type {Wanted} */
const NOTHING = { q: "", kind: "", rank: "", status: "", source: "", from: "", to: "", sort: "" };

/** @param {string} words @returns {string} for comparing: full and half width, upper and lower case are the same */
const folded = (words) => words.normalize("NFKC").toLowerCase();

const FIRST = "0000-01-01";
const LAST = "9999-12-31";

/** @param {string} words @returns {boolean} a year, a month or a day; what is not yet one leaves nothing out */
const isDate = (words) => /^\d{4}(-\d{2}(-\d{2})?)?$/u.test(words);

/** @param {string} date a year, a month or a day @param {string} rest what completes it */
const completed = (date, rest) => date + rest.slice(date.length);

/**
 * @param {DocumentSummary[]} documents
 * @param {Wanted} wanted
 * @returns {DocumentSummary[]} those wanted, in the order wanted
 */
export function select(documents, wanted) {
  const words = folded(wanted.q).split(/\s+/u).filter(Boolean);
  const kept = documents.filter((item) => {
    const text = folded([item.title, item.subtitle, item.source, item.document_number, ...(item.authors ?? [])].filter(Boolean).join(" "));
    const day = item.published ?? "";
    return (
      words.every((word) => text.includes(word)) &&
      CHOICES.every(([name]) => !wanted[name] || (item[name] || UNKNOWN) === wanted[name]) &&
      (!isDate(wanted.from) || (day !== "" && completed(day, LAST) >= completed(wanted.from, FIRST))) &&
      (!isDate(wanted.to) || (day !== "" && completed(day, FIRST) <= completed(wanted.to, LAST)))
    );
  });
  const byTitle = new Intl.Collator("zh-CN");
  const key = wanted.sort === "published" ? "published" : "added";
  return kept.sort((a, b) => {
    const later = wanted.sort === "title" ? 0 : (b[key] ?? "").localeCompare(a[key] ?? "");
    return later || byTitle.compare(a.title, b.title);
  });
}

/** @returns {Wanted} what the page's address asks for */
function fromAddress() {
  const asked = new URLSearchParams(location.search);
  const found = { ...NOTHING };
  for (const name of /** @type {(keyof Wanted)[]} */ (Object.keys(NOTHING))) found[name] = asked.get(name) ?? "";
  return found;
}

export class LibraryFilters {
  /** @param {HTMLElement} place @param {() => void} onChange */
  constructor(place, onChange) {
    this._onChange = onChange;
    this.wanted = fromAddress();
    this._search = /** @type {HTMLInputElement} */ (
      el("input", { type: "search", id: "filter-q", class: "field-input", "data-testid": "filter-search", placeholder: "标题、来源、文号、作者", oninput: () => this._take("q", this._search.value) })
    );
    this._search.value = this.wanted.q;
    /** @type {Map<keyof Wanted, HTMLInputElement | HTMLSelectElement>} */
    this._inputs = new Map([["q", this._search]]);
    const boxes = CHOICES.map(([name, label]) => this._box(name, label, "select"));
    const days = [this._box("from", "发布不早于", "text"), this._box("to", "发布不晚于", "text")];
    const more = /** @type {HTMLDetailsElement} */ (
      el("details", { class: "filter-more" }, el("summary", { "data-testid": "filter-more" }, "筛选和排序"), el("div", { class: "filter-grid" }, ...boxes, ...days, this._box("sort", "排序", "select")))
    );
    const chosen = Object.entries(this.wanted).some(([name, value]) => value && name !== "q");
    // On a phone they would push the documents off the screen.
    more.open = chosen || window.matchMedia("(min-width: 900px)").matches;
    place.replaceChildren(el("div", { class: "filter-search" }, el("label", { class: "field-label", for: "filter-q", text: "查找" }), this._search), more);
    this._fillSorts();
  }

  /** @returns {boolean} whether anything is left out */
  get narrowed() {
    return Object.entries(this.wanted).some(([name, value]) => value && name !== "sort");
  }

  clear() {
    this.wanted = { ...NOTHING, sort: this.wanted.sort };
    for (const [name, input] of this._inputs) {
      input.value = this.wanted[name];
      input.removeAttribute("aria-invalid");
    }
    this._search.focus();
    this._told();
  }

  /** @returns {HTMLElement} the button that shows all documents again */
  clearButton() {
    return button("清除条件", { class: "link", "data-testid": "filter-clear", onclick: () => this.clear() });
  }

  /** @param {DocumentSummary[]} documents the values that there are become the choices */
  offer(documents) {
    for (const [name] of CHOICES) {
      const counts = new Map();
      for (const item of documents) counts.set(item[name] || UNKNOWN, (counts.get(item[name] || UNKNOWN) ?? 0) + 1);
      const values = [...counts].sort(([a, x], [b, y]) => Number(a === UNKNOWN) - Number(b === UNKNOWN) || y - x);
      const kept = this.wanted[name];
      if (kept && !counts.has(kept)) values.push([kept, 0]);
      const options = values.map(([value, count]) => el("option", { value, text: `${value === UNKNOWN ? "未注明" : value}（${count}）` }));
      const box = /** @type {HTMLSelectElement} */ (this._inputs.get(name));
      box.replaceChildren(el("option", { value: "", text: "全部" }), ...options);
      box.value = kept;
    }
  }

  /** @param {keyof Wanted} name @param {string} label @param {"select" | "text"} form */
  _box(name, label, form) {
    const id = `filter-${name}`;
    const options = { id, class: "field-input", "data-testid": id };
    const input = /** @type {HTMLInputElement | HTMLSelectElement} */ (
      form === "select"
        ? el("select", { ...options, onchange: () => this._take(name, input.value) })
        : el("input", { type: "text", inputmode: "numeric", autocomplete: "off", placeholder: "如 2020 或 2020-07", ...options, oninput: () => this._takeDate(name, input) })
    );
    if (form === "text") input.value = this.wanted[name];
    this._inputs.set(name, input);
    return el("div", { class: "field" }, el("label", { class: "field-label", for: id, text: label }), input);
  }

  _fillSorts() {
    const box = /** @type {HTMLSelectElement} */ (this._inputs.get("sort"));
    box.replaceChildren(...[...SORTS].map(([value, text]) => el("option", { value, text })));
    if (!SORTS.has(this.wanted.sort)) this.wanted.sort = "";
    box.value = this.wanted.sort;
  }

  /** @param {keyof Wanted} name @param {string} value */
  _take(name, value) {
    this.wanted = { ...this.wanted, [name]: value };
    this._told();
  }

  /** @param {keyof Wanted} name @param {HTMLInputElement | HTMLSelectElement} input */
  _takeDate(name, input) {
    const words = input.value.trim();
    if (words && !isDate(words)) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    this._take(name, words);
  }

  _told() {
    const kept = Object.entries(this.wanted).filter(([, value]) => value);
    // Replaced, not pushed: going back leaves the page rather than undoing letters one by one.
    history.replaceState(history.state, "", kept.length > 0 ? `?${new URLSearchParams(kept)}` : location.pathname);
    this._onChange();
  }
}
