/** The page 党课: the form and the list, or the workbench on one lesson. The address says which. */

import { button, byId, el } from "./dom.js";
import { getLesson, makeLesson, putLesson } from "./lessonapi.js";
import { dropDraft, loadDraft, saveDraft } from "./lessondrafts.js";
import { sameContent, sendable } from "./lessonedit.js";
import { Keeper } from "./lessonkeeper.js";
import { LessonList } from "./lessonlist.js";
import { LessonMaker } from "./lessonmaker.js";
import { LessonView } from "./lessonview.js";
import { dismiss, notify } from "./notice.js";
import { Panel } from "./panel.js";
import { problemBlock, problemSentence } from "./problem.js";
import { SourceView } from "./source.js";

/** @typedef {import("./lessonapi.js").Lesson} Lesson */

const NAME = "党课 · 党建问答";
const home = byId("home");
const workbench = byId("workbench");
const scroller = byId("desk-scroller");
const panel = new Panel(byId("panel"), byId("stage"), byId("desk"), "党课");
const source = new SourceView(panel, { walk: "这堂课的摘录", again: "换一条" });
const list = new LessonList(byId("lessons"), (id) => go(id));
new LessonMaker((lesson) => go(lesson.id, lesson));
const view = new LessonView(workbench, scroller, panel, source, { leave: () => go(""), saveAsNew });

/** @type {Keeper | null} */
let keeper = null;
/** What is shown: the id of a lesson, empty for the form and the list. @type {string | null} */
let shown = null;

window.addEventListener("popstate", () => show(asked()));
document.addEventListener("keydown", keys);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keeper?.save());
window.addEventListener("beforeunload", (event) => {
  if (keeper && keeper.state !== "saved" && !keeper.safe) event.preventDefault();
});
window.addEventListener("online", () => keeper?.state === "failed" && keeper.save());
show(asked());

/** @returns {string} the id in the address */
function asked() {
  return new URLSearchParams(location.search).get("id") ?? "";
}

/** @param {string} id empty for the form and the list @param {Lesson | null} [lesson] where it is at hand */
function go(id, lesson = null) {
  panel.close();
  history.pushState(null, "", id ? `?${new URLSearchParams({ id })}` : location.pathname);
  show(id, lesson);
}

/** @param {string} id @param {Lesson | null} [lesson] */
async function show(id, lesson = null) {
  if (id === shown) return;
  const first = shown === null;
  shown = id;
  panel.close();
  dismiss();
  await leaveLesson();
  if (shown !== id) return; // the reader has gone on meanwhile
  home.hidden = id !== "";
  workbench.hidden = id === "";
  scroller.scrollTop = 0;
  document.title = NAME;
  if (!first) scroller.focus({ preventScroll: true }); // what had the keyboard is no longer there
  if (id) await open(id, lesson);
  else await list.refresh();
}

async function leaveLesson() {
  const leaving = keeper;
  keeper = null;
  if (!leaving) return;
  const saved = await leaving.save();
  leaving.close();
  if (saved) return;
  const here = leaving.safe ? "已留在这个浏览器里，再打开这堂课时会找回" : "这个浏览器也没能留底";
  notify(`还有修改没有保存到服务，${here}`);
}

/** @param {string} id @param {Lesson | null} lesson */
async function open(id, lesson) {
  workbench.replaceChildren(el("p", { class: "loading", text: "正在打开…" }));
  const draft = loadDraft(id);
  try {
    const found = lesson ?? (await getLesson(id));
    if (shown === id) start(found, draft);
  } catch (error) {
    if (shown !== id) return;
    if (draft) start(draft, { ...draft });
    else workbench.replaceChildren(problem(error, id));
  }
}

/** @param {unknown} error @param {string} id */
function problem(error, id) {
  const back = button("我的党课", { icon: "back", class: "plain", onclick: () => go("") });
  return el("div", { class: "lesson-problem" }, problemBlock(error, () => open(id, null), back));
}

/** @param {Lesson} lesson @param {Lesson | null} draft changes that were not saved last time */
function start(lesson, draft) {
  const made = new Keeper(lesson, {
    put: putLesson,
    get: getLesson,
    drafts: { saveDraft, dropDraft },
    onState: (state, error) => keeper === made && view.showState(state, error),
    onLesson: () => keeper === made && view.replaced(),
  });
  keeper = made;
  view.open(made);
  document.title = `${lesson.title} · ${NAME}`;
  if (!draft) return;
  if (draft.revision !== lesson.revision && sameContent(sendable(draft), lesson)) {
    dropDraft(lesson.id); // it was saved after all, only the answer was lost
    return;
  }
  made.recover(draft);
  view.replaced();
  notify("已找回上次没有保存的修改", made.undoable ? { label: "不要这些修改", run: () => view.undo() } : undefined);
}

/** The service has lost the lesson: a new one takes its content. @param {Lesson} lesson */
async function saveAsNew(lesson) {
  try {
    const { topic, audience, minutes } = lesson;
    const made = await makeLesson({ topic, audience, minutes });
    const { id, revision, created, updated } = made;
    saveDraft({ ...lesson, id, revision, created, updated });
    dropDraft(lesson.id);
    keeper?.close();
    keeper = null;
    go(id, made);
  } catch (error) {
    notify(problemSentence(error));
  }
}

/** @param {KeyboardEvent} event */
function keys(event) {
  if (event.isComposing) return;
  if (event.key === "Escape") panel.close();
  if (!keeper) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "s") {
    event.preventDefault();
    keeper.save();
  } else if (command && !event.shiftKey && event.key.toLowerCase() === "z" && !typing(event.target)) {
    event.preventDefault();
    view.undo();
  }
}

/** @param {EventTarget | null} target @returns {boolean} whether the browser's own undoing is meant */
function typing(target) {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
}
