// Checks of the page's pure logic, run by tests/test_service_chat_policy_page.py through node.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

/** Loads a module of the page. By content, because without a package.json older nodes read .js as CommonJS. */
async function load(name) {
  const source = readFileSync(new URL(`../../service/web/js/${name}`, import.meta.url));
  return import(`data:text/javascript;base64,${source.toString("base64")}`);
}

const { CodePointText, countCodePoints } = await load("text.js");
const { EventStreamParser } = await load("sse.js");
const { parseInline, parseMarkdown } = await load("markdown.js");
const { layoutText } = await load("layout.js");
const { checkQuote } = await load("check.js");
const format = await load("format.js");

test("code points convert as Python slices", () => {
  for (const text of ["", "党建问答", "𠮷", "a𠮷b𡃁𠮷林", "𠮷𠮷𠮷", "👩‍👩‍👧 家"]) {
    const points = new CodePointText(text);
    const list = [...text];
    assert.equal(points.length, list.length);
    assert.equal(countCodePoints(text), list.length);
    for (let start = 0; start <= list.length; start += 1) {
      assert.equal(points.toPoint(points.toUnit(start)), start);
      for (let end = 0; end <= list.length + 2; end += 1) {
        assert.equal(points.slice(start, end), list.slice(start, end).join(""));
      }
    }
  }
});

const STREAM = [
  "\uFEFF: 保持连接\r\n\r\n",
  'event: start\r\ndata: {"question":"𠮷林的党支部"}\r\n\r\n',
  "event: claim\ndata: 第一行\ndata: 第二行\n\n",
  "data:没有空格\rid: 7\rretry: 10\runknown\r\r",
  "event: nothing\n\n",
  "data\n\n",
  "event: lost\ndata: 没有结束",
].join("");
const EVENTS = [
  { event: "start", data: '{"question":"𠮷林的党支部"}' },
  { event: "claim", data: "第一行\n第二行" },
  { event: "message", data: "没有空格" },
  { event: "message", data: "" },
];

test("an event stream reads the same however it is cut", () => {
  const bytes = new TextEncoder().encode(STREAM);
  for (let size = 1; size <= bytes.length; size += 1) {
    const parser = new EventStreamParser();
    const events = [];
    for (let at = 0; at < bytes.length; at += size) events.push(...parser.push(bytes.subarray(at, at + size)));
    assert.deepEqual(events, EVENTS, `chunks of ${size} bytes`);
  }
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const parser = new EventStreamParser();
    const events = [...parser.push(bytes.subarray(0, cut)), ...parser.push(bytes.subarray(cut))];
    assert.deepEqual(events, EVENTS, `cut at ${cut}`);
  }
});

test("inline markdown keeps every character that is not a marker", () => {
  assert.deepEqual(parseInline("见**原文**[1][12]，<b>[x]</b>"), [
    { kind: "text", text: "见" },
    { kind: "strong", text: "原文" },
    { kind: "citation", id: 1 },
    { kind: "citation", id: 12 },
    { kind: "text", text: "，<b>[x]</b>" },
  ]);
});

test("markdown blocks", () => {
  const blocks = parseMarkdown("# 标题\n\n第一段\n同一段\n\n1. 甲\n\n2. 乙\n- 丙\n\n> 引文\n");
  assert.deepEqual(blocks.map((block) => block.kind), ["heading", "paragraph", "list", "list", "quote"]);
  assert.equal(blocks[1].lines.length, 2);
  assert.deepEqual(blocks[2].items.map((item) => item[0].text), ["甲", "乙"]);
  assert.deepEqual(parseMarkdown(""), []);
});

/** The highlighted text of a layout, and how many blocks hold a part of it. */
function marked(blocks) {
  const holding = blocks.filter((block) => block.pieces.some((piece) => piece.marked));
  const pieces = holding.flatMap((block) => block.pieces.filter((piece) => piece.marked));
  return { text: pieces.map((piece) => piece.text).join(""), blocks: holding.length };
}

test("every excerpt is highlighted whole, inside one block", () => {
  const text = "标题\n\n第一段话。\n(一)小题。第二段\n\n\n第三段\n";
  const headings = [
    { start: 0, end: 2, level: 1 },
    { start: 10, end: 16, level: 2 },
  ];
  for (let start = 0; start < text.length; start += 1) {
    for (let end = start + 1; end <= text.length; end += 1) {
      const found = marked(layoutText(text, headings, { start, end }));
      assert.equal(found.text, text.slice(start, end), `${start}–${end}`);
      assert.equal(found.blocks, 1);
    }
  }
});

test("paragraphs and headings", () => {
  const blocks = layoutText("标题\n\n一段(一)小题。正文\n", [{ start: 0, end: 2, level: 1 }, { start: 6, end: 12, level: 2 }], null);
  assert.deepEqual(blocks.map((block) => block.level), [1, 0]);
  assert.deepEqual(blocks[1].pieces.map((piece) => [piece.text, piece.heading]), [
    ["一段", false],
    ["(一)小题。", true],
    ["正文", false],
  ]);
});

test("a quote is checked by code points", () => {
  const points = new CodePointText("𠮷𠮷引文。又是引文。");
  assert.deepEqual(checkQuote(points, { quote: "引文", start: 2, end: 4 }), { verdict: "exact", range: { start: 2, end: 4 } });
  assert.deepEqual(checkQuote(points, { quote: "又是", start: 2, end: 4 }), { verdict: "moved", range: { start: 5, end: 7 } });
  assert.deepEqual(checkQuote(points, { quote: "假的", start: 2, end: 4 }), { verdict: "wrong", range: null });
  assert.equal(checkQuote(points, { quote: "", start: 3, end: 3 }).verdict, "wrong");
});

test("dates, levels and the copied answer", () => {
  assert.equal(format.chineseDate("2024-12-07"), "2024年12月7日");
  assert.equal(format.chineseDate("2023"), "2023年");
  assert.equal(format.chineseDate("去年"), "去年");
  assert.deepEqual([0.75, 0.5, 0.49].map(format.evidenceLevel), ["高", "中", "低"]);
  const citation = { id: 1, title: "通报", source: "日报", published: "2024-12-07", location: "第二条", quote: "原话" };
  const claims = [{ text: "原话", label: "要点", citations: [1] }];
  const text = format.answerAsText({ question: "问题", status: "answered", answer: "", claims, citations: [citation] });
  assert.equal(text, "问：问题\n\n要点：原话[1]\n\n资料来源\n[1] 《通报》，日报 · 2024年12月7日，第二条：“原话”\n");
});

test("what binds is told from practice", () => {
  assert.equal(format.authorityLabel({ rank: "中央法规", nature: "规定" }), "中央法规 · 规定");
  assert.equal(format.authorityLabel({ rank: "", nature: "规定" }), "规定");
  assert.equal(format.authorityLabel({}), "");
  const claims = ["规定", "规定", "做法", ""].map((nature) => ({ nature }));
  assert.deepEqual(format.groupLeads("howto", claims), ["规定", "", "做法", "其他资料"]);
  assert.deepEqual(format.groupLeads("fact", claims), ["", "", "", ""]);
  assert.deepEqual(format.groupLeads("howto", claims.slice(0, 2)), ["", ""]);
});
