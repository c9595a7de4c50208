/** The form that a lesson is made from. */

import { button, byId, el } from "./dom.js";
import { makeLesson } from "./lessonapi.js";
import { problemBlock } from "./problem.js";

/** @typedef {import("./lessonapi.js").Lesson} Lesson */

const AUDIENCES = ["支部书记", "普通党员", "入党积极分子", "机关领导干部"];
const LENGTHS = ["45", "60", "90", "120"];

export class LessonMaker {
  /** @param {(lesson: Lesson) => void} onMade */
  constructor(onMade) {
    this._onMade = onMade;
    this._topic = /** @type {HTMLInputElement} */ (byId("topic"));
    this._audience = /** @type {HTMLInputElement} */ (byId("audience"));
    this._minutes = /** @type {HTMLInputElement} */ (byId("minutes"));
    this._make = /** @type {HTMLButtonElement} */ (byId("make"));
    this._progress = byId("maker-progress");
    suggest(byId("audiences"), this._audience, AUDIENCES, "");
    suggest(byId("lengths"), this._minutes, LENGTHS, " 分钟");
    byId("maker").addEventListener("submit", (event) => {
      event.preventDefault();
      this._submit();
    });
  }

  async _submit() {
    if (this._make.getAttribute("aria-disabled") === "true") return;
    this._make.setAttribute("aria-disabled", "true");
    this._progress.replaceChildren(el("p", { class: "loading", text: "正在从资料里备课，请稍候…" }));
    const wanted = { topic: this._topic.value.trim(), audience: this._audience.value.trim(), minutes: Number(this._minutes.value) };
    try {
      const lesson = await makeLesson(wanted);
      this._progress.replaceChildren();
      this._topic.value = "";
      this._onMade(lesson);
    } catch (error) {
      this._progress.replaceChildren(problemBlock(error, () => this._submit()));
    } finally {
      this._make.removeAttribute("aria-disabled");
    }
  }
}

/**
 * @param {HTMLElement} place
 * @param {HTMLInputElement} box
 * @param {string[]} values
 * @param {string} unit
 */
function suggest(place, box, values, unit) {
  const chips = values.map((value) =>
    button(`${value}${unit}`, {
      class: "choice",
      onclick: () => {
        box.value = value;
        mark();
      },
    }),
  );
  const mark = () => chips.forEach((chip, index) => chip.setAttribute("aria-pressed", String(box.value.trim() === values[index])));
  box.addEventListener("input", mark);
  place.replaceChildren(...chips);
  mark();
}
