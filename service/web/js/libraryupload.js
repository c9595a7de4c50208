/** Uploading: files dropped or chosen, how far each is, and what became of it. */

import { button, el, icon } from "./dom.js";
import { getJob, getJobs, upload } from "./libraryapi.js";
import { problemWords } from "./problem.js";

/** @typedef {import("./libraryapi.js").Access} Access */
/** @typedef {import("./libraryapi.js").Job} Job */
/** @typedef {import("./libraryapi.js").FileResult} FileResult */
/** @typedef {{file: File | null, row: HTMLElement, state: HTMLElement, bar: HTMLProgressElement, results: HTMLElement}} Item */

const EVERY = 700;
const MOST_FILES = 200;
const SEEN = "dangjian.uploads";
const GOOD = new Set(["added", "changed", "moved"]);

export class Uploader {
  /**
   * @param {HTMLElement} place
   * @param {{ended: () => void, open: (id: string, title: string, opener: HTMLElement) => void, refused: (error: unknown) => void}} page
   */
  constructor(place, page) {
    this._place = place;
    this._page = page;
    /** @type {Access | null} */
    this._access = null;
    this._list = el("ul", { class: "upload-list", "data-testid": "upload-list" });
    this._clear = button("清除列表", { class: "link", "data-testid": "upload-clear", onclick: () => this._clearList() });
    this._said = el("p", { class: "upload-said", role: "status", "data-testid": "upload-status" });
    /** Files are sent one batch after the other. @type {Promise<void>} */
    this._last = Promise.resolve();
    this._sending = 0;
    const input = /** @type {HTMLInputElement} */ (el("input", { type: "file", id: "upload", class: "visually-hidden", multiple: true, "data-testid": "upload", "aria-describedby": "upload-hint" }));
    input.addEventListener("change", () => {
      this._take([...(input.files ?? [])]);
      input.value = "";
    });
    this._input = input;
    this._hint = el("p", { class: "upload-hint", id: "upload-hint" });
    this._drop = el(
      "div",
      { class: "drop" },
      icon("upload"),
      el("p", { class: "drop-words" }, el("span", { class: "drop-lead", text: "把文件拖到这里，或" }), input, el("label", { for: "upload", class: "primary", text: "选择文件" })),
      this._hint,
    );
    place.replaceChildren(el("h2", { class: "section-title", id: "uploading-title", text: "上传资料" }), this._drop, el("div", { class: "upload-head" }, this._said, this._clear), this._list);
    this._clear.hidden = true;
    this._watchDrops();
    // What has arrived goes on without the page; what has not would be lost with it.
    window.addEventListener("beforeunload", (event) => this._sending > 0 && event.preventDefault());
  }

  /** @param {Access} access */
  allow(access) {
    const first = !this._access;
    this._access = access;
    this._place.hidden = !access.allowed;
    this._input.accept = access.formats.join(",");
    this._hint.textContent = `支持 ${access.formats.join(" ")} 文件；每个不超过 ${size(access.file_bytes)}，一次合计不超过 ${size(access.upload_bytes)}。`;
    if (first && access.allowed) this._resume();
  }

  /** What was under way when the page was loaded, and what this tab has sent. */
  async _resume() {
    const seen = remembered();
    const jobs = await getJobs().catch(() => []);
    for (const job of jobs.reverse()) {
      if (job.state !== "done" && job.state !== "failed") this._follow(job, this._items(job.sent.length, (index) => job.sent[index].name));
      else if (seen.includes(job.id)) this._show(job, this._items(job.sent.length, (index) => job.sent[index].name));
    }
  }

  _watchDrops() {
    const withFiles = (/** @type {DragEvent} */ event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    let inside = 0;
    const mark = () => this._drop.classList.toggle("over", inside > 0 && !this._place.hidden);
    window.addEventListener("dragenter", (event) => withFiles(event) && ((inside += 1), mark()));
    window.addEventListener("dragleave", (event) => withFiles(event) && ((inside = Math.max(0, inside - 1)), mark()));
    // Everywhere: a file dropped beside the box would replace the page.
    window.addEventListener("dragover", (event) => withFiles(event) && event.preventDefault());
    window.addEventListener("drop", (event) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      inside = 0;
      mark();
      if (this._place.hidden || !event.dataTransfer) return;
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.());
      const folders = new Set(entries.filter((entry) => entry?.isDirectory).map((entry) => entry?.name));
      this._take([...event.dataTransfer.files].filter((file) => !folders.has(file.name)), [...folders]);
    });
  }

  /** @param {File[]} files @param {(string | undefined)[]} folders names of what cannot be sent */
  _take(files, folders = []) {
    const access = this._access;
    if (!access) return;
    for (const name of folders) this._refuse(name ?? "", "文件夹不能直接上传；请压缩成 .zip 再上传");
    const fitting = files.filter((file) => {
      if (file.size > access.file_bytes) this._refuse(file.name, `文件超过 ${size(access.file_bytes)} 的上限；请拆分，或请管理员调高设置 DANGJIAN_FILE_BYTES`);
      return file.size <= access.file_bytes;
    });
    for (const batch of batches(fitting, access.upload_bytes)) {
      const items = this._items(batch.length, (index) => batch[index].name, batch);
      this._sending += 1;
      this._last = this._last.then(() => this._send(batch, items));
    }
  }

  /** @param {string} name @param {string} why */
  _refuse(name, why) {
    const [item] = this._items(1, () => name);
    settle(item, "failed", "没有上传", why);
  }

  /** @param {number} count @param {(index: number) => string} name @param {File[]} [files] @returns {Item[]} */
  _items(count, name, files = []) {
    const items = Array.from({ length: count }, (_, index) => {
      const file = files[index] ?? null;
      const bar = /** @type {HTMLProgressElement} */ (el("progress", { max: "1", value: "0", "aria-label": `${name(index)} 的上传进度` }));
      const state = el("span", { class: "upload-state", text: "等待上传" });
      const results = el("div", { class: "upload-results" });
      const words = el("span", { class: "upload-name", text: name(index) });
      const line = el("div", { class: "upload-line" }, words, file && el("span", { class: "upload-size", text: size(file.size) }), state);
      return { file, bar, state, results, row: el("li", { class: "upload-item", "data-testid": "upload-item" }, line, bar, results) };
    });
    this._list.prepend(...items.map((item) => item.row));
    this._clear.hidden = false;
    return items;
  }

  /** @param {File[]} files @param {Item[]} items */
  async _send(files, items) {
    const sent = (/** @type {number} */ bytes) => {
      let before = 0;
      for (const [index, item] of items.entries()) {
        const share = files[index].size > 0 ? Math.min(1, Math.max(0, (bytes - before) / files[index].size)) : Number(bytes > before);
        item.bar.value = share;
        item.state.textContent = share === 0 ? "等待上传" : share < 1 ? `上传 ${Math.floor(share * 100)}%` : "已上传";
        before += files[index].size;
      }
    };
    try {
      this._said.textContent = `正在上传 ${files.length} 个文件…`;
      const job = await upload(files, sent);
      remember(job.id);
      this._sending -= 1;
      this._follow(job, items);
    } catch (error) {
      this._sending -= 1;
      const { title, detail, fix } = problemWords(error);
      for (const item of items) settle(item, "failed", "没有上传", `${title}：${detail}${fix}`);
      this._said.textContent = `${title}。`;
      this._page.refused(error);
    }
  }

  /** Looks at the job until it has ended. @param {Job} job @param {Item[]} items */
  async _follow(job, items) {
    let now = job;
    while (now.state !== "done" && now.state !== "failed") {
      const words = { queued: "排队中", reading: now.stage || "读取文件", indexing: now.stage || "建立索引" }[now.state];
      const many = now.total > 1 ? ` ${now.done}/${now.total}` : "";
      for (const item of items) {
        item.state.textContent = words;
        item.bar.removeAttribute("value");
      }
      this._said.textContent = `${words}${many}…`;
      await new Promise((resolve) => setTimeout(resolve, EVERY));
      try {
        now = await getJob(job.id);
      } catch (error) {
        if (/** @type {{status?: number}} */ (error).status) {
          this._fail(items, problemWords(error));
          this._page.refused(error);
          return;
        }
        this._said.textContent = "连接中断，正在重试…";
      }
    }
    this._show(now, items);
    this._page.ended();
  }

  /** @param {Item[]} items @param {{title: string, detail: string, fix: string}} problem */
  _fail(items, { title, detail, fix }) {
    for (const item of items) settle(item, "failed", title, `${detail}${fix}`);
    this._said.textContent = `${title}。`;
  }

  /** What became of each file. @param {Job} job @param {Item[]} items */
  _show(job, items) {
    if (job.state === "failed") {
      this._fail(items, { title: "没有入库", detail: job.problem, fix: "" });
      return;
    }
    for (const [index, item] of items.entries()) {
      const name = job.sent[index]?.name ?? "";
      const own = job.files.filter(({ path }) => path === name || path.startsWith(`${name}!/`));
      this._settleFile(item, name, own);
    }
    const words = [["入库", GOOD], ["未变或重复", new Set(["unchanged", "duplicate"])], ["跳过", new Set(["skipped"])], ["失败", new Set(["failed"])]];
    const counts = words.map(([word, outcomes]) => [word, job.files.filter((file) => /** @type {Set<string>} */ (outcomes).has(file.outcome)).length]);
    this._said.textContent = `处理完成：${counts.filter(([, count]) => count).map(([word, count]) => `${word} ${count} 份`).join("，") || "里面没有文件"}。`;
  }

  /** @param {Item} item @param {string} name @param {FileResult[]} own */
  _settleFile(item, name, own) {
    if (own.length === 1 && own[0].path === name) {
      const [{ outcome, label, detail }] = own;
      settle(item, outcome, label, detail, this._link(own[0]));
      return;
    }
    const failed = own.filter((file) => file.outcome === "failed").length;
    settle(item, failed > 0 ? "failed" : "added", `${own.length} 个文件${failed > 0 ? `，${failed} 个失败` : ""}`, "");
    const rows = own.map((file) => {
      const inner = file.path.slice(name.length + 2);
      return el("li", { "data-outcome": file.outcome }, el("span", { class: "upload-name", text: inner }), el("span", { class: "upload-label", text: file.label }), file.detail && el("span", { class: "upload-detail", text: file.detail }), this._link(file));
    });
    item.results.append(el("ul", { class: "upload-inner" }, ...rows));
  }

  /** @param {FileResult} file */
  _link({ document_id: id, title }) {
    if (!title) return null;
    const link = button(`看《${title}》`, { class: "link", "data-testid": "upload-open", onclick: () => this._page.open(id, title, link) });
    return link;
  }

  _clearList() {
    for (const row of this._list.querySelectorAll("[data-outcome]")) if (row.classList.contains("upload-item")) row.remove();
    forget();
    this._said.textContent = "";
    this._clear.hidden = this._list.childElementCount === 0;
    this._input.focus();
  }
}

/** @param {Item} item @param {string} outcome @param {string} label @param {string} detail @param {Node | null} [link] */
function settle(item, outcome, label, detail, link = null) {
  item.row.dataset.outcome = outcome;
  item.bar.remove();
  item.state.replaceChildren(icon(outcome === "failed" ? "warn" : "check"), el("span", { text: label }));
  item.results.replaceChildren(...(detail ? [el("p", { class: "upload-detail", text: detail })] : []), ...(link ? [link] : []));
}

/** @param {File[]} files @param {number} most bytes of a batch @returns {File[][]} */
function batches(files, most) {
  /** @type {File[][]} */
  const found = [];
  let bytes = 0;
  for (const file of files) {
    const last = found[found.length - 1];
    if (last && last.length < MOST_FILES && bytes + file.size <= most) {
      last.push(file);
      bytes += file.size;
    } else {
      found.push([file]);
      bytes = file.size;
    }
  }
  return found;
}

/** @param {number} bytes */
function size(bytes) {
  if (bytes < 1024) return `${bytes} 字节`;
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} KB`;
  return `${Number((bytes / 1024 ** 2).toFixed(1))} MB`;
}

/** @returns {string[]} the uploads of this tab */
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(SEEN) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {string} id */
function remember(id) {
  try {
    sessionStorage.setItem(SEEN, JSON.stringify([...remembered().slice(-20), id]));
  } catch {
    // its result is gone after a reload, nothing else
  }
}

function forget() {
  try {
    sessionStorage.removeItem(SEEN);
  } catch {
    // nothing was kept
  }
}
