// Checks of the lesson page's pure logic, run by tests/test_service_lesson_content_page.py through node.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

/** The address of a module of the page with its imports inside: without a package.json older nodes read .js as CommonJS. */
function address(name) {
  const source = readFileSync(new URL(`../../service/web/js/${name}`, import.meta.url), "utf8");
  const whole = source.replace(/from "\.\/([\w.]+)"/gu, (_, other) => `from "${address(other)}"`);
  return `data:text/javascript;base64,${Buffer.from(whole).toString("base64")}`;
}

const edit = await import(address("lessonedit.js"));
const { Keeper } = await import(address("lessonkeeper.js"));

const citation = (quote) => ({ id: 1, document_id: "d", title: "通报", location: "第二条", quote });
const excerpt = (quote) => ({ citation: citation(quote), state: "current", remark: "" });
const point = (id, changes = {}) => ({ id, text: `第${id}点`, excerpts: [], own: false, note: "", answer: "", warnings: [], ...changes });
const PARTS = ["opening", "why", "what", "view", "how", "discussion", "quiz", "reading"];

/** A lesson whose sections have these numbers of points. */
function lessonOf(...counts) {
  const sections = counts.map((count, at) => ({
    part: PARTS[at],
    title: edit.partName(PARTS[at]),
    minutes: 10,
    missing: "",
    points: Array.from({ length: count }, (_, index) => point(`${at}-${index}`)),
  }));
  return { id: "x", topic: "主题", title: "主题", audience: "", minutes: counts.length * 10, sections, revision: 1, created: "", updated: "" };
}

const ids = (lesson) => lesson.sections.map((section) => section.points.map(({ id }) => id).join(" "));

/** Numbers that look random and are the same each time. */
function* numbers(seed) {
  for (let state = seed; ; ) {
    state = (state * 1103515245 + 12345) % 2147483648;
    yield state / 2147483648;
  }
}

test("a step goes over the edge of a section, and back", () => {
  const lesson = lessonOf(2, 0, 1);
  const down = (from, id) => edit.movePoint(from, id, edit.stepFrom(from, id, 1));
  const up = (from, id) => edit.movePoint(from, id, edit.stepFrom(from, id, -1));
  assert.deepEqual(ids(down(lesson, "0-0")), ["0-1 0-0", "", "2-0"]);
  assert.deepEqual(ids(down(lesson, "0-1")), ["0-0", "0-1", "2-0"]);
  assert.deepEqual(ids(down(down(lesson, "0-1"), "0-1")), ["0-0", "", "0-1 2-0"]);
  assert.deepEqual(ids(up(down(lesson, "0-1"), "0-1")), ids(lesson));
  assert.equal(edit.stepFrom(lesson, "0-0", -1), null);
  assert.equal(edit.stepFrom(lesson, "2-0", 1), null);
});

test("stepping down from anywhere and up again changes nothing, and no point is ever lost or doubled", () => {
  const random = numbers(7);
  const pick = (list) => list[Math.floor(random.next().value * list.length)];
  for (let round = 0; round < 200; round += 1) {
    let lesson = lessonOf(...Array.from({ length: 1 + Math.floor(random.next().value * 5) }, () => Math.floor(random.next().value * 4)));
    const all = lesson.sections.flatMap((section) => section.points.map(({ id }) => id));
    for (let move = 0; move < 12 && all.length > 0; move += 1) {
      const id = pick(all);
      const place = edit.stepFrom(lesson, id, pick([-1, 1]));
      const moved = place ? edit.movePoint(lesson, id, place) : lesson;
      if (place) assert.deepEqual(edit.placeOf(moved, id), place);
      if (place) assert.deepEqual(ids(edit.movePoint(moved, id, edit.placeOf(lesson, id))), ids(lesson));
      lesson = moved;
      const section = Math.floor(random.next().value * lesson.sections.length);
      lesson = edit.movePoint(lesson, pick(all), { section, index: Math.floor(random.next().value * 3) });
      assert.deepEqual(lesson.sections.flatMap((part) => part.points.map((one) => one.id)).sort(), [...all].sort());
    }
  }
});

test("minutes are fitted to the whole, whatever they were", () => {
  const random = numbers(11);
  for (let round = 0; round < 300; round += 1) {
    const lesson = lessonOf(...Array.from({ length: 1 + Math.floor(random.next().value * 8) }, () => 0));
    for (const section of lesson.sections) section.minutes = Math.floor(random.next().value * 3) * Math.floor(random.next().value * 60);
    lesson.minutes = 1 + Math.floor(random.next().value * 480);
    const fitted = edit.fitMinutes(lesson);
    assert.equal(edit.sumMinutes(fitted), lesson.minutes);
    assert.ok(fitted.sections.every(({ minutes }) => Number.isInteger(minutes) && minutes >= 0));
    assert.deepEqual(edit.fitMinutes(fitted), fitted);
  }
});

test("words are the trainer's unless they are those of the sources", () => {
  const lesson = edit.setSection(lessonOf(1), 0, { points: [point("a", { text: "要抓实", excerpts: [excerpt("支部要抓实。")] })] });
  const own = (text, original) => edit.pointOf(edit.setText(lesson, "a", text, original), "a").own;
  assert.equal(own("我说", "要抓实"), true);
  assert.equal(own("要抓实", "要抓实"), false);
  assert.equal(own("支部要抓实", "要抓实"), false);
  assert.equal(own("第二条", "要抓实"), false);
  assert.equal(own("支部要抓实", undefined), true);
});

test("an excerpt in the place of another takes the line along", () => {
  const lesson = edit.setSection(lessonOf(1), 0, { points: [point("a", { text: "支部要抓实", excerpts: [excerpt("支部要抓实。"), excerpt("乙。")] })] });
  const after = edit.pointOf(edit.putExcerpt(lesson, "a", 0, citation("书记要带头。大家都要学。")), "a");
  assert.equal(after.text, "书记要带头");
  assert.deepEqual(after.excerpts.map((one) => one.citation.quote), ["书记要带头。大家都要学。", "乙。"]);
  const second = edit.pointOf(edit.putExcerpt(lesson, "a", 1, citation("丙。")), "a");
  assert.equal(second.text, "支部要抓实");
  assert.equal(edit.pointOf(edit.putExcerpt(lesson, "a", 2, citation("丙。")), "a").excerpts.length, 3);
  const heading = edit.setPoint(lesson, "a", { text: "一个标题" });
  assert.equal(edit.pointOf(edit.putExcerpt(heading, "a", 0, citation("丙。")), "a").text, "一个标题");
});

test("a lead is words of the quote", () => {
  for (const quote of ["", "。", "\n甲，乙。丙", "长".repeat(200), `𠮷${"林，".repeat(60)}`, "一句话"]) {
    const lead = edit.leadOf(quote);
    assert.ok(quote.includes(lead) && [...lead].length <= 48, quote);
  }
});

test("what is sent has a name for everything and no empty points", () => {
  const blank = edit.newPoint("n", null);
  let lesson = edit.insertPoint({ ...lessonOf(1, 1), title: " " }, { section: 0, index: Infinity }, blank);
  lesson = edit.setSection(lesson, 1, { title: "", points: [point("q", { text: " ", excerpts: [excerpt("引文。")] })] });
  const sent = edit.sendable(lesson);
  assert.equal(sent.title, "主题");
  assert.equal(sent.sections[1].title, "为什么");
  assert.deepEqual(ids(sent), ["0-0", "q"]);
  assert.equal(sent.sections[1].points[0].text, "引文");
  assert.deepEqual(ids(edit.sendable(edit.setPoint(lesson, "n", { note: "话" }))), ["0-0 n", "q"]);
});

test("from the service comes what it decides, the words stay", () => {
  const local = edit.setPoint(lessonOf(1), "0-0", { text: "我的", excerpts: [excerpt("甲")], own: false });
  const saved = edit.setPoint(lessonOf(1), "0-0", { text: "别的", excerpts: [{ ...excerpt("甲"), state: "moved", remark: "变了" }], own: true, warnings: ["注意"] });
  const [result] = edit.refreshed(local, edit.setSection(saved, 0, { missing: "缺" })).sections;
  assert.equal(result.missing, "缺");
  assert.deepEqual([result.points[0].text, result.points[0].own, result.points[0].excerpts[0].state, result.points[0].warnings], ["我的", true, "moved", ["注意"]]);
});

/** A keeper with a service that remembers. */
function keeperOf(lesson, answers = []) {
  const log = { sent: [], states: [], shown: 0, drafts: new Map() };
  const service = { stored: lesson };
  const keeper = new Keeper(lesson, {
    put: async (body) => {
      log.sent.push(body);
      const answer = answers.shift();
      if (answer && answer !== "lost") throw Object.assign(new Error("不行"), { status: answer });
      if (body.revision !== service.stored.revision) throw Object.assign(new Error("冲突"), { status: 409 });
      service.stored = { ...body, revision: body.revision + 1 };
      if (answer === "lost") throw new Error("没有回应");
      return service.stored;
    },
    get: async () => service.stored,
    drafts: { saveDraft: (draft) => Boolean(log.drafts.set(draft.id, draft)), dropDraft: (id) => log.drafts.delete(id) },
    onState: (state) => log.states.push(state),
    onLesson: () => (log.shown += 1),
  });
  return { keeper, log, service };
}

const titled = (keeper, title, burst) => keeper.change({ ...keeper.lesson, title }, "改标题", burst);

test("a change is kept here at once and there when it is saved", async () => {
  const { keeper, log, service } = keeperOf(lessonOf(1));
  titled(keeper, "新");
  assert.equal(log.drafts.get("x").title, "新");
  assert.equal(await keeper.save(), true);
  assert.equal(service.stored.title, "新");
  assert.equal(log.drafts.size, 0);
  assert.deepEqual(log.states, ["waiting", "saving", "saved"]);
  titled(keeper, "更新");
  assert.equal(await keeper.save(), true);
  assert.deepEqual(log.sent.map(({ revision }) => revision), [1, 2]);
  keeper.close();
});

test("what is changed while it is being saved is saved too", async () => {
  const { keeper, service } = keeperOf(lessonOf(1));
  titled(keeper, "一");
  const saving = keeper.save();
  titled(keeper, "二");
  assert.equal(await saving, true);
  assert.equal(service.stored.title, "二");
  keeper.close();
});

test("undoing goes back change by change, a burst at once", () => {
  const { keeper, log } = keeperOf(lessonOf(1));
  titled(keeper, "甲", "title");
  titled(keeper, "甲乙", "title");
  keeper.endBurst();
  titled(keeper, "丙", "title");
  keeper.undo();
  assert.equal(keeper.lesson.title, "甲乙");
  keeper.undo();
  assert.equal(keeper.lesson.title, "主题");
  assert.equal(keeper.undo(), "");
  assert.equal(log.shown, 2);
  titled(keeper, "丁");
  keeper.close();
  assert.equal(keeper.undo(), "", "nothing is changed once it is closed");
});

test("a service that fails loses nothing", async () => {
  const { keeper, log, service } = keeperOf(lessonOf(1), [503]);
  titled(keeper, "新");
  assert.equal(await keeper.save(), false);
  assert.equal(keeper.state, "failed");
  assert.equal(log.sent.length, 1, "not again at once");
  assert.equal(log.drafts.get("x").title, "新");
  assert.equal(await keeper.save(), true);
  assert.equal(service.stored.title, "新");
  keeper.close();
});

test("two windows: mine, or theirs with mine to be had back", async () => {
  for (const mine of [true, false]) {
    const { keeper, service } = keeperOf(lessonOf(1));
    service.stored = { ...service.stored, title: "那边", revision: 5 };
    titled(keeper, "这边");
    assert.equal(await keeper.save(), false);
    assert.equal(keeper.state, "conflict");
    titled(keeper, "这边2");
    assert.equal(keeper.state, "conflict");
    await (mine ? keeper.keepMine() : keeper.takeTheirs());
    assert.equal(keeper.state, "saved");
    assert.equal(service.stored.title, mine ? "这边2" : "那边");
    assert.equal(keeper.lesson.title, service.stored.title);
    if (!mine) {
      keeper.undo();
      assert.equal(await keeper.save(), true);
      assert.equal(service.stored.title, "这边2");
    }
    keeper.close();
  }
});

test("changes found again are saved on top of what they were made on, else they are a conflict", async () => {
  for (const revision of [1, 4]) {
    const { keeper, service } = keeperOf({ ...lessonOf(1), revision });
    keeper.recover({ ...lessonOf(1), title: "没存上", revision: 1 });
    await keeper.save();
    assert.equal(keeper.state, revision === 1 ? "saved" : "conflict");
    assert.equal(service.stored.title, revision === 1 ? "没存上" : "主题");
    keeper.undo();
    assert.equal(keeper.lesson.title, "主题");
    keeper.close();
  }
});

test("undone back to what is saved is saved", async () => {
  const { keeper, log } = keeperOf(lessonOf(1));
  titled(keeper, "新");
  keeper.undo();
  assert.equal(await keeper.save(), true);
  assert.equal(keeper.state, "saved");
  assert.deepEqual([log.sent.length, log.drafts.size], [0, 0]);
  titled(keeper, "一");
  const saving = keeper.save();
  keeper.undo();
  assert.equal(await saving, true);
  assert.deepEqual(log.sent.map(({ title }) => title), ["一", "主题"]);
  keeper.close();
});

test("a save whose answer was lost is no conflict with oneself", async () => {
  const { keeper, service } = keeperOf(lessonOf(1), ["lost"]);
  titled(keeper, "一");
  assert.equal(await keeper.save(), false);
  titled(keeper, "二");
  assert.equal(await keeper.save(), true);
  assert.deepEqual([service.stored.title, service.stored.revision], ["二", 3]);
  keeper.close();
  const other = keeperOf(lessonOf(1), ["lost"]);
  titled(other.keeper, "一");
  await other.keeper.save();
  other.service.stored = { ...other.service.stored, title: "那边", revision: 3 };
  assert.equal(await other.keeper.save(), false);
  assert.equal(other.keeper.state, "conflict");
  other.keeper.close();
});
