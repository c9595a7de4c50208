/** The outline of a lesson: its sections and points, each to be changed where it stands. */

import { button, el, icon } from "./dom.js";
import { partName, stepFrom } from "./lessonedit.js";
import { excerptBlock } from "./lessonexcerpt.js";
import { growingField, lineField, minutesField, toolButton } from "./lessonfields.js";

/** @typedef {import("./lessonapi.js").Lesson} Lesson */
/** @typedef {import("./lessonapi.js").LessonSection} LessonSection */
/** @typedef {import("./lessonapi.js").Point} Point */
/**
 * @typedef {object} OutlineActions
 * @property {(section: number, changes: Partial<LessonSection>) => void} section
 * @property {(id: string, changes: {text?: string, note?: string}) => void} type
 * @property {() => void} leave a field was left
 * @property {(id: string, by: -1 | 1) => void} step
 * @property {(id: string) => void} drop
 * @property {(id: string) => void} openNote
 * @property {(id: string, at: number, opener: HTMLElement) => void} openSource
 * @property {(id: string, at: number) => void} replace `at` is the number of excerpts where one is to be added
 * @property {(id: string, at: number) => void} dropExcerpt
 * @property {(section: number) => void} addOwn
 * @property {(section: number) => void} addFound
 */

const NUMBERS = "一二三四五六七八九十";
/** What the service takes. */
const LONGEST = { title: 100, text: 3000, note: 5000 };
const MOST_MINUTES = 480;

/**
 * @param {Lesson} lesson
 * @param {ReadonlySet<string>} noted points whose field for own words is open though it is empty
 * @param {OutlineActions} actions
 * @returns {HTMLElement[]} one element for each section
 */
export function outlineNodes(lesson, noted, actions) {
  return lesson.sections.map((section, at) =>
    el(
      "section",
      { class: "part", id: `part-${section.part}`, "data-part": section.part, "data-section": at, "data-testid": "lesson-section", tabindex: "-1", "aria-label": section.title },
      sectionHead(section, at, actions),
      section.missing && el("p", { class: "part-missing", "data-testid": "lesson-missing" }, icon("warn"), el("span", { text: section.missing })),
      el("ol", { class: "points" }, ...section.points.map((point) => pointNode(lesson, point, noted.has(point.id), actions))),
      el(
        "div",
        { class: "actions part-add" },
        button("加自己的一点", { icon: "plus", class: "plain", "data-key": `${section.part}:own`, "data-testid": "lesson-add-own", onclick: () => actions.addOwn(at) }),
        button("从资料里找", { icon: "book", class: "plain", "data-key": `${section.part}:found`, "data-testid": "lesson-add-found", onclick: () => actions.addFound(at) }),
      ),
    ),
  );
}

/** @param {LessonSection} section @param {number} at @param {OutlineActions} actions */
function sectionHead(section, at, actions) {
  const name = partName(section.part);
  return el(
    "header",
    { class: "part-head" },
    el("span", { class: "part-number", "aria-hidden": "true", text: `${NUMBERS[at] ?? at + 1}、` }),
    el(
      "h2",
      { class: "part-title" },
      lineField(section.title, {
        class: "part-name",
        key: `${section.part}:title`,
        label: `${name}部分的标题`,
        placeholder: name,
        longest: LONGEST.title,
        oninput: (title) => actions.section(at, { title }),
        onleave: actions.leave,
      }),
    ),
    minutesField(section.minutes, {
      key: `${section.part}:minutes`,
      label: `“${section.title}”用几分钟`,
      least: 0,
      most: MOST_MINUTES,
      testid: "lesson-section-minutes",
      onchange: (minutes) => actions.section(at, { minutes }),
      onleave: actions.leave,
    }),
  );
}

/** @param {Lesson} lesson @param {Point} point @param {boolean} noting @param {OutlineActions} actions */
function pointNode(lesson, point, noting, actions) {
  const { id } = point;
  const words = point.text || "还没有写的一点";
  return el(
    "li",
    { class: point.own ? "point point-own" : "point", "data-id": id, "data-testid": "lesson-point" },
    el(
      "div",
      { class: "point-head" },
      el("span", { class: "point-grip", "aria-hidden": "true", title: "按住拖动" }, icon("grip")),
      growingField(point.text, {
        class: "point-text",
        key: `${id}:text`,
        label: point.own ? "要点（讲课人补充）" : "要点",
        placeholder: "写下您要讲的这一点",
        longest: LONGEST.text,
        testid: "lesson-point-text",
        oninput: (text) => actions.type(id, { text }),
        onleave: actions.leave,
      }),
      pointTools(lesson, point, words, actions),
    ),
    el("p", { class: "own-mark", hidden: !point.own, text: "讲课人补充" }),
    point.warnings.length > 0 &&
      el("ul", { class: "notes point-warnings", "data-testid": "lesson-warning" }, ...point.warnings.map((text) => el("li", {}, icon("warn"), el("span", { text })))),
    ...point.excerpts.map((excerpt, at) =>
      excerptBlock(excerpt, `${id}:${at}`, {
        open: (opener) => actions.openSource(id, at, opener),
        replace: () => actions.replace(id, at),
        drop: () => actions.dropExcerpt(id, at),
      }),
    ),
    point.answer && el("p", { class: "point-answer", "data-testid": "lesson-answer" }, el("strong", { text: "参考答案：" }), point.answer),
    (point.note !== "" || noting) && noteField(point, actions),
  );
}

/** @param {Lesson} lesson @param {Point} point @param {string} words @param {OutlineActions} actions */
function pointTools(lesson, point, words, { step, drop, openNote, replace }) {
  const { id } = point;
  const tool = (/** @type {string} */ label, /** @type {any} */ name, /** @type {string} */ short, /** @type {() => void} */ onclick, off = false) =>
    toolButton(label, name, { key: `${id}:${short}`, testid: `lesson-${short}`, about: words, onclick, off });
  return el(
    "div",
    { class: "point-tools", role: "group", "aria-label": "这一点" },
    tool("上移", "up", "up", () => step(id, -1), stepFrom(lesson, id, -1) === null),
    tool("下移", "down", "down", () => step(id, 1), stepFrom(lesson, id, 1) === null),
    tool("加自己的话", "note", "add-note", () => openNote(id)),
    tool("加一条摘录", "plus", "add-excerpt", () => replace(id, point.excerpts.length)),
    tool("删去", "bin", "drop", () => drop(id)),
  );
}

/** @param {Point} point @param {OutlineActions} actions */
function noteField(point, actions) {
  return el(
    "div",
    { class: "point-note", "data-testid": "lesson-note" },
    el("p", { class: "own-mark", text: "讲课人补充" }),
    growingField(point.note, {
      class: "note-text",
      key: `${point.id}:note`,
      label: "讲课人补充的话",
      placeholder: "用自己的话补充：本单位的例子、要强调的话",
      longest: LONGEST.note,
      testid: "lesson-note-text",
      oninput: (note) => actions.type(point.id, { note }),
      onleave: actions.leave,
    }),
  );
}
