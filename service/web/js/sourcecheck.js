/** The line that says whether the excerpt is word for word in its source, and checks it again when asked. */

import { getDocument, verifyCitation } from "./api.js";
import { checkQuote, digest } from "./check.js";
import { button, el, icon } from "./dom.js";
import { problemWords } from "./problem.js";
import { CodePointText } from "./text.js";

/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {import("./check.js").Check} Check */

const VERDICTS = {
  exact: "已核对：与原文一字不差",
  moved: "资料有变动：引文还在，但位置变了，已按原句重新标出",
  wrong: "核对未通过：原文里找不到这段引文，请勿引用，建议",
};

export class SourceCheck {
  /** @param {string} again what to do about a citation that is wrong */
  constructor(again) {
    this._wrong = `${VERDICTS.wrong}${again}`;
    this._verdict = el("p", { class: "check", role: "status" });
    this._again = button("核对原文", { class: "link", "data-testid": "verify", onclick: () => this._verify() });
    this._proof = el("dl", { class: "proof", "data-testid": "proof", hidden: true });
    this.node = el("div", { class: "checking", hidden: true }, el("div", { class: "check-row" }, this._verdict, this._again), this._proof);
    /** @type {Citation | null} */
    this._citation = null;
  }

  clear() {
    this._citation = null;
    this.node.hidden = true;
    this._proof.hidden = true;
    this._verdict.replaceChildren();
  }

  /** @param {Citation} citation @param {Check} check */
  show(citation, check) {
    this.clear();
    this._citation = citation;
    this.node.hidden = false;
    this._say(check.verdict, check.verdict === "wrong" ? this._wrong : VERDICTS[check.verdict]);
  }

  /** @param {Check["verdict"] | "unknown"} verdict @param {string} text */
  _say(verdict, text) {
    this._verdict.dataset.verdict = verdict;
    this._verdict.replaceChildren(icon(verdict === "exact" ? "check" : "warn"), el("span", { text }));
  }

  /** Reads the text anew and compares it here, while the service compares its own copy and works out the hash. */
  async _verify() {
    const citation = this._citation;
    if (!citation || this._again.ariaDisabled === "true") return;
    this._again.ariaDisabled = "true";
    this._verdict.replaceChildren(el("span", { text: "正在重新核对…" }));
    try {
      const [found, fresh] = await Promise.all([verifyCitation(citation), getDocument(citation.document_id)]);
      const own = await digest(fresh.text);
      if (this._citation !== citation) return;
      const { verdict } = checkQuote(new CodePointText(fresh.text), citation);
      const intact = found.text_sha256 === found.recorded_sha256 && (own === "" || own === found.text_sha256);
      if (found.ok && verdict === "exact" && intact) this._say("exact", "重新核对：与库中原文一字不差");
      else if (verdict === "moved" && intact) this._say("moved", VERDICTS.moved);
      else this._say("wrong", found.reason || "全文的校验值不符，请运行 dangjian doctor 检查资料库");
      this._prove(found, own);
    } catch (error) {
      if (this._citation !== citation) return;
      const { title, detail } = problemWords(error);
      this._say("unknown", `没能核对：${[title, detail].filter(Boolean).join("，")}`);
    } finally {
      this._again.ariaDisabled = null;
    }
  }

  /** @param {import("./api.js").Verified} found @param {string} own the hash worked out here, empty where it cannot be */
  _prove(found, own) {
    const row = (/** @type {string} */ name, /** @type {string} */ value, plain = false) => [
      el("dt", { text: name }),
      el("dd", { class: plain ? null : "hash", text: value }),
    ];
    const same = found.text_sha256 === found.recorded_sha256;
    this._proof.replaceChildren(
      ...row("核对时间", new Date(found.checked_at).toLocaleString("zh-CN"), true),
      ...row("全文 SHA-256", found.text_sha256),
      ...(same ? row("导入时记录", "与上相同", true) : row("导入时记录", found.recorded_sha256)),
      ...(own ? row("本页计算", own === found.text_sha256 ? "与上相同" : own, own === found.text_sha256) : []),
    );
    this._proof.hidden = false;
  }
}
