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
import { Panel } from "./panel.js";
import { problemWords } from "./problem.js";
import { ScopeMenu } from "./scope.js";
import { SourceView } from "./source.js";

/** How long to wait before asking again whether the service is ready, in milliseconds. */
const ASK_AGAIN = 3000;

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
  onConversation: () => conversations.refresh(),
});
const composer = new Composer({ onSend: (question) => chat.ask(question), onStop: () => chat.stop() });
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
  if (event.key !== "Escape" || event.isComposing) return;
  if (!card.hide() && !conversations.close()) panel.close();
});

chat.restore();
conversations.refresh();
checkHealth();
// A touch screen would raise its keyboard over the page the reader came to see.
if (window.matchMedia("(hover: hover) and (min-width: 900px)").matches) composer.focus();

/** Learns the limits, and says so while the service is not ready or not there. */
async function checkHealth() {
  const banner = byId("banner");
  try {
    const health = await getHealth();
    composer.limit = health.limits?.question_characters ?? 0;
    if (health.status !== "ready") {
      banner.textContent = "服务正在准备资料，稍等片刻就可以提问。";
      banner.hidden = false;
      setTimeout(checkHealth, ASK_AGAIN);
      return;
    }
    banner.hidden = true;
    if (byId("examples").childElementCount === 0) showExamples();
    const library = `资料库共 ${number(health.documents)} 份资料`;
    byId("library-note").textContent = health.documents > 0 ? `${library}，答案请以原文为准` : "资料库还是空的，请先导入资料";
  } catch (error) {
    const { title, detail, fix } = problemWords(error);
    const again = button("重试", { icon: "retry", class: "plain", onclick: checkHealth });
    banner.replaceChildren(el("strong", { text: title }), el("span", { text: `${detail}${fix}` }), again);
    banner.hidden = false;
  }
}

async function showExamples() {
  const place = byId("examples");
  // Without examples the page still works, so a failure here stays quiet; the health banner speaks.
  const questions = await getExamples().catch(() => []);
  if (questions.length === 0) {
    place.replaceChildren();
    return;
  }
  const items = questions
    .slice(0, 6)
    .map((question) => el("li", {}, button(question, { class: "example", onclick: () => chat.ask(question) })));
  place.replaceChildren(
    el("h3", { class: "small-title", text: "可以这样问" }),
    el("ul", { class: "examples" }, ...items),
  );
}
