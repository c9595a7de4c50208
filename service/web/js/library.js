/** The page 资料库: all documents with filters; for those who may, uploads, corrections, removal and its undo. */

import { getDocuments } from "./api.js";
import { button, byId, el } from "./dom.js";
import { chineseDate, number } from "./format.js";
import { LibraryFilters, select } from "./libraryfilters.js";
import { LibraryList } from "./librarylist.js";
import { getAccess, getRemoved, hasPassword, restore, setPassword } from "./libraryapi.js";
import { Uploader } from "./libraryupload.js";
import { Panel } from "./panel.js";
import { problemLine } from "./problem.js";
import { SourceView } from "./source.js";

/** @typedef {import("./api.js").DocumentSummary} DocumentSummary */

const panel = new Panel(byId("panel"), byId("stage"), byId("library"), "资料库");
const source = new SourceView(panel);
/** @type {DocumentSummary[]} */
let documents = [];
/** @type {import("./libraryapi.js").Access | null} */
let access = null;

const page = { access: () => access, open: (/** @type {DocumentSummary} */ item, /** @type {HTMLElement} */ opener) => openSource(item.id, item.title, opener), changed, removed: () => (showCount(), showRemoved()), refused };
const list = new LibraryList(byId("documents"), page);
const filters = new LibraryFilters(byId("filters"), showList);
const uploader = new Uploader(byId("uploading"), { ended: loadDocuments, open: openSource, refused });

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing) panel.close();
});
loadAccess().then(loadDocuments);

/** @param {string} id @param {string} title @param {HTMLElement} opener gets the keyboard back */
function openSource(id, title, opener) {
  panel.show(el("section"), { opener }); // the source itself knows only openers of citations
  source.openDocument(id, title, null);
}

/** Called again after whatever may have changed several documents. */
async function loadDocuments() {
  if (documents.length === 0) byId("documents").replaceChildren(el("p", { class: "loading", text: "正在读取资料…" }));
  try {
    documents = await getDocuments();
    list.gone.clear();
    filters.offer(documents);
    showList();
    showRemoved();
  } catch (error) {
    byId("count").textContent = "";
    list.fail(error, loadDocuments);
  }
}

function showCount() {
  const there = documents.filter((item) => !list.gone.has(item.id));
  const wanted = select(there, filters.wanted).length;
  const count = wanted === there.length ? `共 ${number(there.length)} 份资料` : `符合条件的 ${number(wanted)} 份，共 ${number(there.length)} 份`;
  byId("count").replaceChildren(el("span", { text: count }), ...(filters.narrowed ? [filters.clearButton()] : []));
}

function showList() {
  const shown = select([...documents], filters.wanted);
  showCount();
  const none = documents.length === 0 ? "资料库还是空的。" : "没有符合条件的资料。可以换个说法，或清除条件。";
  list.show(shown, el("p", { class: "library-none", text: none }));
}

/** One document is no more what it was; the rows stay in their places until the filters change. @param {DocumentSummary} now */
function changed(now) {
  documents = documents.map((item) => (item.id === now.id ? now : item));
  filters.offer(documents);
}

/** Whoever is refused for want of the password is asked for it. @param {unknown} error */
function refused(error) {
  const { status } = /** @type {{status?: number}} */ (error);
  const before = access?.allowed;
  // Rows are made anew only where their buttons change: what the refusal said would be gone with them.
  if (status === 401 || status === 403) loadAccess().then(() => before !== access?.allowed && showList());
}

async function loadAccess() {
  try {
    access = await getAccess();
  } catch {
    access = null; // the list of documents says what is wrong
    return;
  }
  if (!access.allowed && access.password && hasPassword()) setPassword("");
  uploader.allow(access);
  showAccess(access);
}

/** @param {import("./libraryapi.js").Access} known */
function showAccess(known) {
  const place = byId("access");
  if (known.allowed) {
    const leave = button("退出管理", { class: "link", "data-testid": "leave", onclick: () => (setPassword(""), loadAccess().then(loadDocuments)) });
    place.replaceChildren(...(hasPassword() ? [el("p", { class: "access-line" }, "已输入管理口令，可以上传、更正、移除资料。", leave)] : []));
  } else if (known.password) {
    place.replaceChildren(passwordForm());
  } else {
    place.replaceChildren(
      el(
        "details",
        { class: "access-note", "data-testid": "read-only" },
        el("summary", { text: "本页现在只供查阅。要在这里上传、更正、移除资料？" }),
        el("p", { text: known.reason }),
        el("p", { text: "在服务器上也可以用命令行管理：dangjian ingest 文件或文件夹，dangjian documents --help。" }),
      ),
    );
  }
}

function passwordForm() {
  const input = /** @type {HTMLInputElement} */ (el("input", { type: "password", id: "password", class: "field-input", autocomplete: "current-password", required: true, "data-testid": "password" }));
  const problem = el("div", {});
  const form = el(
    "form",
    { class: "access-form", "data-testid": "password-form" },
    el("label", { class: "field-label", for: "password", text: "要上传、更正、移除资料，请输入管理口令" }),
    el("div", { class: "access-row" }, input, el("button", { type: "submit", class: "primary" }, "进入管理")),
    problem,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    setPassword(input.value);
    try {
      const told = await getAccess();
      if (told.allowed) return void loadAccess().then(loadDocuments);
      setPassword("");
      problem.replaceChildren(el("p", { class: "row-problem", role: "alert", text: told.reason }));
      input.select();
    } catch (error) {
      setPassword("");
      problem.replaceChildren(problemLine(error));
    }
  });
  return form;
}

/** The documents that can be restored, at the foot of the page. */
async function showRemoved() {
  const place = byId("removed");
  const rows = access?.allowed ? await getRemoved().catch(() => []) : [];
  place.hidden = rows.length === 0;
  place.replaceChildren(
    el("h2", { class: "section-title", id: "removed-title", text: `已移除（${rows.length}）` }),
    el("p", { class: "removed-lead", text: `移除的资料连同更正保留 ${access?.keep_removed_days ?? 30} 天，其间可以原样恢复；重新导入所在的文件夹也不会自动加回来。` }),
    el("ul", { class: "removed-list" }, ...rows.map(removedRow)),
  );
}

/** @param {import("./libraryapi.js").Removed} item */
function removedRow(item) {
  const row = el("li", { class: "removed-item", "data-testid": "removed-item" });
  const back = button("恢复", {
    icon: "undo",
    class: "plain",
    "data-testid": "restore",
    "aria-label": `恢复《${item.title}》`,
    onclick: async () => {
      if (back.getAttribute("aria-disabled") === "true") return;
      back.setAttribute("aria-disabled", "true");
      try {
        await restore(item.id);
        await loadDocuments();
        byId("documents").focus();
      } catch (error) {
        back.removeAttribute("aria-disabled");
        row.append(problemLine(error));
        refused(error);
      }
    },
  });
  const until = `${chineseDate(item.removed_at.slice(0, 10))}移除，保留到${chineseDate(item.until.slice(0, 10))}`;
  row.append(el("span", { class: "removed-title", text: item.title }), el("span", { class: "removed-about", text: until }), back);
  return row;
}
