/** The lessons of this browser: open, rename, delete with a while to think better of it. */

import { button, el, icon } from "./dom.js";
import { number } from "./format.js";
import { deleteLesson, getLesson, getLessons, putLesson } from "./lessonapi.js";
import { allDrafts, dropDraft } from "./lessondrafts.js";
import { LONGEST } from "./lessonhead.js";
import { notify } from "./notice.js";
import { problemBlock, problemSentence } from "./problem.js";

/** @typedef {import("./lessonapi.js").LessonSummary} LessonSummary */

/** How long a deleted lesson can be brought back, in milliseconds. */
const REGRET = 8000;

export class LessonList {
  /** @param {HTMLElement} place @param {(id: string) => void} onOpen */
  constructor(place, onOpen) {
    this._place = place;
    this._onOpen = onOpen;
    /** Lessons that are about to be deleted. @type {Map<string, number>} */
    this._leaving = new Map();
    window.addEventListener("pagehide", () => {
      for (const id of this._leaving.keys()) this._delete(id, true);
    });
  }

  async refresh() {
    if (this._place.childElementCount === 0) this._place.replaceChildren(el("p", { class: "loading", text: "正在读取…" }));
    try {
      this._show(await getLessons());
    } catch (error) {
      const drafts = allDrafts();
      const rescued = drafts.length > 0 && el("ul", { class: "lesson-list" }, ...drafts.map((draft) => this._row(draft, true)));
      this._place.replaceChildren(problemBlock(error, () => this.refresh()), ...(rescued ? [rescued] : []));
    }
  }

  /** @param {LessonSummary[]} lessons */
  _show(lessons) {
    const drafts = new Set(allDrafts().map((draft) => draft.id));
    const gone = allDrafts().filter((draft) => !lessons.some((lesson) => lesson.id === draft.id));
    const rows = [...lessons, ...gone].map((lesson) => this._row(lesson, drafts.has(lesson.id)));
    const none = el("p", { class: "lesson-none", text: "还没有党课。在上面写下主题，就能从资料里备出一堂。" });
    this._place.replaceChildren(rows.length > 0 ? el("ul", { class: "lesson-list" }, ...rows) : none);
  }

  /** @param {LessonSummary} lesson @param {boolean} unsaved whether there are changes that only this browser has */
  _row(lesson, unsaved) {
    const row = el("li", { class: "lesson-row", "data-testid": "lesson-row", "data-id": lesson.id });
    if (this._leaving.has(lesson.id)) this._showLeaving(row, lesson);
    else this._fill(row, lesson, unsaved);
    return row;
  }

  /** @param {HTMLElement} row @param {LessonSummary} lesson @param {boolean} unsaved */
  _fill(row, lesson, unsaved) {
    const about = [lesson.audience, `${number(lesson.minutes)} 分钟`, day(lesson.updated)].filter(Boolean).join(" · ");
    const tool = (/** @type {string} */ label, /** @type {import("./dom.js").IconName} */ name, /** @type {() => void} */ run) =>
      el("button", { type: "button", class: "tool", title: label, "aria-label": `${label}：${lesson.title}`, onclick: run }, icon(name));
    row.replaceChildren(
      el(
        "a",
        {
          class: "lesson-open",
          href: `?${new URLSearchParams({ id: lesson.id })}`,
          onclick: (/** @type {MouseEvent} */ event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab or window is wanted
            event.preventDefault();
            this._onOpen(lesson.id);
          },
        },
        el("span", { class: "lesson-row-title", text: lesson.title }),
        el("span", { class: "lesson-row-about", text: about }),
        unsaved && el("span", { class: "lesson-row-unsaved", text: "有没保存的修改" }),
      ),
      el(
        "div",
        { class: "lesson-row-tools" },
        tool("改名", "edit", () => this._rename(row, lesson, unsaved)),
        tool("删除", "bin", () => this._remove(row, lesson, unsaved)),
      ),
    );
  }

  /** @param {HTMLElement} row @param {LessonSummary} lesson @param {boolean} unsaved */
  _rename(row, lesson, unsaved) {
    const box = /** @type {HTMLInputElement} */ (
      el("input", { class: "line-box", value: lesson.title, maxlength: LONGEST.title, "aria-label": "党课的名称" })
    );
    const back = () => {
      this._fill(row, lesson, unsaved);
      /** @type {HTMLElement | null} */ (row.querySelector('[title="改名"]'))?.focus();
    };
    const submit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const title = box.value.trim();
      if (title === "" || title === lesson.title) return back();
      try {
        lesson.title = (await putLesson({ ...(await getLesson(lesson.id)), title })).title;
      } catch (error) {
        notify(problemSentence(error));
      }
      back();
    };
    const escape = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape" && !event.isComposing) back();
    };
    row.replaceChildren(
      el(
        "form",
        { class: "lesson-rename", onsubmit: submit, onkeydown: escape },
        box,
        el("button", { type: "submit", class: "plain", text: "保存" }),
        button("取消", { class: "plain", onclick: back }),
      ),
    );
    box.select();
    box.focus();
  }

  /** @param {HTMLElement} row @param {LessonSummary} lesson @param {boolean} unsaved */
  _remove(row, lesson, unsaved) {
    this._leaving.set(lesson.id, setTimeout(() => this._delete(lesson.id, false), REGRET));
    const back = this._showLeaving(row, lesson, () => this._fill(row, lesson, unsaved));
    back.focus();
    notify(`已删除“${lesson.title}”`);
  }

  /** @param {HTMLElement} row @param {LessonSummary} lesson @param {() => void} [restore] */
  _showLeaving(row, lesson, restore = () => this.refresh()) {
    const back = button("撤销", {
      icon: "undo",
      class: "plain",
      "data-testid": "lesson-undelete",
      "aria-label": `撤销删除：${lesson.title}`,
      onclick: () => {
        clearTimeout(this._leaving.get(lesson.id));
        this._leaving.delete(lesson.id);
        restore();
        /** @type {HTMLElement | null} */ (row.querySelector(".lesson-open"))?.focus();
      },
    });
    row.replaceChildren(el("p", { class: "lesson-leaving" }, el("span", { text: `已删除“${lesson.title}”` }), back));
    return back;
  }

  /** @param {string} id @param {boolean} closing whether the page is about to go */
  async _delete(id, closing) {
    clearTimeout(this._leaving.get(id));
    this._leaving.delete(id);
    try {
      await deleteLesson(id, closing);
      dropDraft(id);
    } catch (error) {
      if (/** @type {{status?: number}} */ (error).status === 404) dropDraft(id);
      else notify(problemSentence(error));
    }
    if (!closing) await this._refreshQuietly();
  }

  async _refreshQuietly() {
    const row = document.activeElement?.closest?.(".lesson-row");
    const held = row && this._place.contains(row);
    if (held && row.querySelector("form")) return; // somebody is renaming
    await this.refresh();
    if (held) /** @type {HTMLElement | null} */ (this._place.querySelector(".lesson-open"))?.focus();
  }
}

/** @param {string} time ISO @returns {string} in the reader's zone; empty where there is none */
function day(time) {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "";
  return `${at.toLocaleString("zh-CN", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" })} 保存`;
}
