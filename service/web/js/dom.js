/** Building DOM nodes. Text only ever becomes text nodes; the page has no innerHTML. */

/** @typedef {Node | string | null | undefined | false} Child */

const ICONS = {
  book: "M3 4.500c2.500-.8 5-.6 7 1 2-1.600 4.500-1.800 7-1v11c-2.500-.8-5-.6-7 1-2-1.600-4.500-1.800-7-1zM10 5.500v11",
  plus: "M10 4v12M4 10h12",
  close: "M5 5l10 10M15 5L5 15",
  back: "M12 4l-6 6 6 6",
  up: "M4.500 12.500L10 7l5.500 5.500",
  down: "M4.500 7.500L10 13l5.500-5.500",
  send: "M10 16V4M4.500 9.500L10 4l5.500 5.500",
  stop: "M6 6h8v8H6z",
  check: "M4 10.500l4 4 8-9",
  warn: "M10 3.500l7.500 13h-15zM10 8.500v3.500M10 14.200v.3",
  copy: "M7 7V3.500h9.500V13H13M3.500 7H13v9.500H3.500z",
  retry: "M15.500 6.500A6.500 6.500 0 1 0 16.500 11M16 3v4h-4",
  undo: "M7 4.500L3.500 8 7 11.500M3.500 8h8.250a4.250 4.250 0 0 1 0 8.500H7.500",
  swap: "M4 7h12l-3-3M16 13H4l3 3",
  grip: "M7.500 5v.01M12.500 5v.01M7.500 10v.01M12.500 10v.01M7.500 15v.01M12.500 15v.01",
  note: "M4 4.500h12v8.500h-6l-3.500 3v-3H4z",
  list: "M4 5.500h12M4 10h12M4 14.500h8",
  download: "M10 3.500v9M6 9l4 4 4-4M4 16.500h12",
  bin: "M4 6h12M8 6V4h4v2M6 6l.7 10.500h6.600L14 6",
  upload: "M10 13V4M6 7.500L10 3.500l4 4M4 16.500h12",
  undo: "M7 4.500L3.500 8 7 11.500M3.500 8h8.250a4.250 4.250 0 0 1 0 8.500H7.500",
  script: "M3.500 5h9M8 3v2M11 5c-.8 4-3.500 7-7.500 9M5 7.500c1.200 3 3.500 5 6.500 6M11 17l3.200-8 3.300 8M12.200 14.500h4.100",
  print: "M6 7V3.500h8V7M6 14H3.500V7h13v7H14M6 11.500h8v5H6z",
  good: "M3.500 9.500H6v7H3.500zM6 9.500l3.500-6.500c1.400 0 2.200.9 1.900 2.300L10.800 8h4.700l-1.300 7.200c-.2.8-.8 1.300-1.600 1.300H6",
  bad: "M3.500 10.500H6v-7H3.500zM6 10.500l3.500 6.500c1.400 0 2.200-.9 1.900-2.300L10.800 12h4.700l-1.300-7.200c-.2-.8-.8-1.300-1.600-1.300H6",
  link: "M8.500 11.500l3-3M9 6.500l2-2a3.200 3.200 0 0 1 4.500 4.500l-2 2M11 13.500l-2 2A3.200 3.200 0 0 1 4.500 11l2-2",
  edit: "M4 16l.8-3.500L13 4.300l2.700 2.700-8.200 8.200z",
};

/** @typedef {keyof typeof ICONS} IconName */

/**
 * @param {string} tag
 * @param {Record<string, string | number | boolean | EventListener | null | undefined>} [options] attributes;
 *   `class`, `text` (text content) and `on…` (event listeners) are understood, false and null leave an attribute out
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function el(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") node.textContent = String(value);
    else if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * @param {IconName} name
 * @returns {SVGElement} a decorative icon, hidden from assistive technology
 */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * @param {string} text
 * @param {{icon?: IconName, class?: string, onclick: () => void, [attribute: string]: any}} options
 * @returns {HTMLButtonElement}
 */
export function button(text, { icon: name, ...options }) {
  const label = el("span", { text });
  return /** @type {HTMLButtonElement} */ (el("button", { type: "button", ...options }, name && icon(name), label));
}

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T} the element of the page with this id
 */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`页面缺少元素 #${id}`);
  return /** @type {T} */ (node);
}
