/** The page of one answer: `answer.html#s=token` shared by somebody, `answer.html#c=conversation&n=turn` one's own. */

import { exportSharedAddress, exportTurnAddress, getShared, getTurn } from "./api.js";
import { CitationCard, markActive } from "./citations.js";
import { byId, el, icon } from "./dom.js";
import { Panel } from "./panel.js";
import { problemBlock } from "./problem.js";
import { copyAnswer, exportLinks } from "./share.js";
import { SourceView } from "./source.js";
import { Turn } from "./turn.js";

/** @typedef {import("./api.js").CheckedAnswer} CheckedAnswer */

const panel = new Panel(byId("panel"), byId("stage"), byId("chat"), "回答");
const source = new SourceView(panel, { walk: "本次回答的引文", again: "到问答页重新提问" });
const place = byId("turns");
const card = new CitationCard(place);

/** @type {Record<string, string>} */
const STATES = { superseded: "已有新版本或已失效", moved: "原文位置有变动", vanished: "原文已找不到" };

/** What leads on from here leads to the chat page. */
const toChat = () => location.assign("./");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && !card.hide()) panel.close();
});
window.addEventListener("hashchange", load);
load();

async function load() {
  const address = new URLSearchParams(location.hash.slice(1));
  const token = address.get("s") ?? "";
  panel.close();
  place.replaceChildren(el("p", { class: "loading", text: "正在打开回答，并核对引文…" }));
  try {
    const own = { conversation_id: address.get("c") ?? "", turn: Number(address.get("n")) };
    const checked = token ? await getShared(token) : await getTurn(own.conversation_id, own.turn);
    const links = exportLinks((format) => (token ? exportSharedAddress(token, format) : exportTurnAddress(own, format)));
    show(checked, links);
  } catch (error) {
    place.replaceChildren(problemBlock(error, load));
  }
}

/** @param {CheckedAnswer} checked @param {HTMLElement[]} links */
function show({ answer, checks }, links) {
  document.title = `${answer.question} · 党建问答`;
  const turn = new Turn(
    answer.question,
    {
      openCitation: (citation, opener) =>
        source.openCitation(citation, {
          opener,
          siblings: () => turn.citations,
          onCitation: (shown) => markActive(turn.node, shown),
        }),
      ask: toChat,
      retry: load,
      edit: toChat,
      examples: () => [],
      showDocuments: toChat,
      copy: () => copyAnswer(answer),
    },
    "",
  );
  // What is done with an answer in its conversation (thumbs, sharing) is done there; sources open where they are now.
  const citations = checks.map(({ citation }) => citation);
  turn.finish({ ...answer, citations, suggestions: [], choices: [], turn: 0 });
  place.replaceChildren(verdict(checks), turn.node, el("div", { class: "share" }, el("div", { class: "share-row" }, ...links)));
}

/** @param {CheckedAnswer["checks"]} checks @returns {HTMLElement} what has become of the citations since */
function verdict(checks) {
  const changed = checks.filter(({ state }) => state !== "current");
  const state = changed.length === 0 ? "exact" : "changed";
  const good = checks.length - changed.length;
  const words =
    checks.length === 0
      ? "这次回答没有引文"
      : `按现在的资料库重新核对：${checks.length} 条引文${changed.length === 0 ? "全部一致" : `，${good} 条一致`}`;
  const items = changed.map(({ id, remark, state: what }) =>
    el("li", { "data-state": what, "data-testid": "check-changed" }, el("strong", { text: `[${id}] ${STATES[what]}` }), el("span", { text: remark })),
  );
  return el(
    "section",
    { class: "answer-check", "data-testid": "answer-check", "data-verdict": state, "aria-label": "引文核对" },
    el("p", {}, icon(state === "exact" ? "check" : "warn"), el("span", { text: words })),
    items.length > 0 && el("ul", {}, ...items),
  );
}
