/** What stands over and beside the outline: title, listeners, length, and how the time is divided. */

import { button, byId, el, icon } from "./dom.js";
import { number } from "./format.js";
import { sumMinutes } from "./lessonedit.js";
import { lineField, minutesField } from "./lessonfields.js";

/** @typedef {import("./lessonapi.js").Lesson} Lesson */

/** What the service takes. */
export const MINUTES = { least: 10, most: 480 };
export const LONGEST = { title: 200, audience: 40 };

/**
 * @param {Lesson} lesson
 * @param {{set: (changes: Partial<Lesson>, words: string) => void, leave: () => void}} actions
 * @returns {HTMLElement[]}
 */
export function headNodes(lesson, { set, leave }) {
  return [
    el(
      "h1",
      { class: "lesson-title" },
      lineField(lesson.title, {
        class: "lesson-name",
        key: "head:title",
        label: "党课标题",
        placeholder: lesson.topic,
        longest: LONGEST.title,
        testid: "lesson-title",
        oninput: (title) => set({ title }, "改标题"),
        onleave: leave,
      }),
    ),
    el(
      "dl",
      { class: "lesson-facts" },
      fact("主题", el("span", { text: lesson.topic })),
      fact(
        "听众",
        lineField(lesson.audience, {
          class: "lesson-audience",
          key: "head:audience",
          label: "听众",
          placeholder: "讲给谁听",
          longest: LONGEST.audience,
          testid: "lesson-audience-edit",
          oninput: (audience) => set({ audience }, "改听众"),
          onleave: leave,
        }),
      ),
      fact(
        "时长",
        minutesField(lesson.minutes, {
          key: "head:minutes",
          label: "全课时长",
          ...MINUTES,
          testid: "lesson-minutes-edit",
          onchange: (minutes) => set({ minutes }, "改时长"),
          onleave: leave,
        }),
      ),
    ),
  ];
}

/** @param {string} name @param {HTMLElement} value */
function fact(name, value) {
  return el("div", { class: "lesson-fact" }, el("dt", { text: name }), el("dd", {}, value));
}

/** @param {Lesson} lesson @param {() => void} onFit @returns {HTMLElement[]} the way to each section with its time, and whether the sum is right */
export function railNodes(lesson, onFit) {
  const links = lesson.sections.map(({ part, title, minutes, points }) =>
    el(
      "li",
      {},
      el(
        "a",
        { class: "rail-link", href: `#part-${part}`, "data-key": `rail:${part}`, onclick: (/** @type {Event} */ event) => goTo(event, part) },
        el("span", { class: "rail-name", text: title }),
        el("span", { class: "rail-about", text: points.length > 0 ? `${number(points.length)} 点 · ${number(minutes)} 分钟` : `${number(minutes)} 分钟` }),
      ),
    ),
  );
  return [el("ol", { class: "rail-list" }, ...links), sumBlock(lesson, onFit)];
}

/** Going about in a lesson leaves no trace in the history: back leads out of it. @param {Event} event @param {string} part */
function goTo(event, part) {
  event.preventDefault();
  const section = byId(`part-${part}`);
  section.scrollIntoView();
  section.focus({ preventScroll: true });
}

/** @param {Lesson} lesson @param {() => void} onFit */
function sumBlock(lesson, onFit) {
  const sum = sumMinutes(lesson);
  const over = sum - lesson.minutes;
  const node = el("div", { class: "sum", "data-testid": "lesson-sum", "data-right": String(over === 0) });
  const total = el("p", {}, `共 ${number(sum)} 分钟`, el("span", { class: "sum-of", text: ` / ${number(lesson.minutes)}` }));
  if (over === 0) {
    node.append(total, el("p", { class: "sum-words" }, icon("check"), "与全课时长一致"));
    return node;
  }
  const words = over > 0 ? `比全课多 ${number(over)} 分钟` : `比全课少 ${number(-over)} 分钟`;
  const fit = button("按比例调整", { class: "link", "data-key": "rail:fit", "data-testid": "lesson-fit", onclick: onFit });
  node.append(total, el("p", { class: "sum-words" }, icon("warn"), words), fit);
  return node;
}
