/** Puts the page together. */

import { getExamples, getHealth } from "./api.js";
import { Chat } from "./chat.js";
import { CitationCard } from "./citations.js";
import { Composer } from "./composer.js";
import { DocumentsView } from "./documents.js";
import { button, byId, el, icon } from "./dom.js";
import { Follower } from "./follow.js";
import { History } from "./history.js";
import { number } from "./format.js";
import { notify } from "./notice.js";
import { Panel } from "./panel.js";
import { problemWords } from "./problem.js";
import { ScopeMenu } from "./scope.js";
import { SourceView } from "./source.js";

/** How long to wait before asking again whether the service is ready, in milliseconds. */
const ASK_AGAIN = 3000;
/** Questions that the library answers. @type {string[]} */
let examples = [];
let asking = 0;

const panel = new Panel(byId("panel"), byId("stage"), byId("chat"));
const source = new SourceView(panel);
const scroller = byId("dialogue-scroller");
const follower = new Follower(scroller, byId("jump"));
const newDialogue = byId("new-dialogue");
const openDocuments = byId("open-documents");
const documents = new DocumentsView(panel, source, openDocuments);
const chat = new Chat({
  scroller,
  turns: byId("turns"),
  welcome: byId("welcome"),
  newDialogue,
  follower,
  source,
  panel,
  scope: new ScopeMenu(),
  examples: () => examples,
  showDocuments: () => documents.open(),
  onUnreachable: () => checkHealth(),
  onConversation: () => conversations.refresh(),
});
const composer = new Composer({ onSend: (question) => chat.ask(question), onStop: () => chat.stop(), onAgain: () => chat.again() });
const card = new CitationCard(byId("turns"));

chat.composer = composer;
const openHistory = byId("open-history");
const historyParts = {
  frame: byId("history"),
  list: byId("history-list"),
  toggle: openHistory,
  curtain: byId("history-curtain"),
};
const conversations = new History(historyParts, chat);
openHistory.prepend(icon("list"));
newDialogue.addEventListener("click", () => conversations.close());
newDialogue.prepend(icon("plus"));
openDocuments.prepend(icon("book"));
openDocuments.addEventListener("click", () => documents.toggle());
byId("send").prepend(icon("send"));
byId("stop").prepend(icon("stop"));
byId("jump").prepend(icon("down"));
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && !card.hide() && !conversations.close()) panel.close();
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing && !byId("chat").inert) {
    event.preventDefault();
    composer.focus();
  }
});

chat.restore();
conversations.refresh();
checkHealth();
// A touch screen would raise its keyboard over the page the reader came to see.
if (window.matchMedia("(hover: hover) and (min-width: 900px)").matches) composer.focus();

/** Learns the limits, and says so while the service is not ready or not there. */
async function checkHealth() {
  const banner = byId("banner");
  clearTimeout(asking);
  try {
    const health = await getHealth();
    composer.limit = health.limits?.question_characters ?? 0;
    if (health.status !== "ready") {
      banner.textContent = "服务正在准备资料，稍等片刻就可以提问。";
      banner.hidden = false;
      asking = window.setTimeout(checkHealth, ASK_AGAIN);
      return;
    }
    if (!banner.hidden && chat.waits) notify("服务恢复了", { label: "重新发送", run: () => chat.again() });
    banner.hidden = true;
    if (examples.length === 0) showExamples();
    const library = `资料库共 ${number(health.documents)} 份资料`;
    byId("library-note").textContent = health.documents > 0 ? `${library}，答案请以原文为准` : "资料库还是空的，请先导入资料";
  } catch (error) {
    const { title, fix } = problemWords(error);
    // Where a question waits, its own words have said what is wrong.
    const words = chat.waits ? [el("span", { text: "正在等服务恢复，您的问题还在…" })] : [el("strong", { text: title }), el("span", { text: fix })];
    banner.replaceChildren(...words, button("现在就试", { icon: "retry", class: "plain", onclick: checkHealth }));
    banner.hidden = false;
    asking = window.setTimeout(checkHealth, ASK_AGAIN);
  }
}

async function showExamples() {
  const place = byId("examples");
  // Without examples the page still works, so a failure here stays quiet; the health banner speaks.
  examples = (await getExamples().catch(() => [])).slice(0, 6);
  if (examples.length === 0) return;
  const items = examples.map((question) => el("li", {}, button(question, { class: "example", onclick: () => chat.ask(question) })));
  place.replaceChildren(el("h3", { class: "small-title", text: "可以这样问" }), el("ul", { class: "examples" }, ...items));
}
