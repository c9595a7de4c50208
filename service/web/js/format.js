/** Words and numbers as the page shows them. */

const KINDS = new Map([
  ["howto", "做法"],
  ["list", "要点"],
  ["fact", "事实"],
  ["timeline", "时间脉络"],
  ["definition", "释义"],
  ["case", "案例"],
  ["compare", "比较"],
  ["summary", "综述"],
  ["article", "条文"],
]);

/** @param {string} kind @returns {string} the kind of answer in Chinese, empty when unknown */
export function kindLabel(kind) {
  return KINDS.get(kind) ?? "";
}

/** @param {number} evidence between 0 and 1 @returns {"高"|"中"|"低"} */
export function evidenceLevel(evidence) {
  if (evidence >= 0.75) return "高";
  return evidence >= 0.5 ? "中" : "低";
}

/** @param {number} milliseconds @returns {string} */
export function duration(milliseconds) {
  if (milliseconds < 1) return "不到 1 毫秒";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} 毫秒`;
  return `${(milliseconds / 1000).toFixed(1)} 秒`;
}

/** @param {number} count @returns {string} with thousands separators */
export function number(count) {
  return Number(count || 0).toLocaleString("zh-CN");
}

/**
 * @param {string} date "2024", "2024-12" or "2024-12-07"
 * @returns {string} the same in Chinese; anything else comes back unchanged
 */
export function chineseDate(date) {
  const match = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/u.exec(date ?? "");
  if (!match) return date ?? "";
  const month = match[2] ? `${Number(match[2])}月` : "";
  return `${match[1]}年${month}${match[3] ? `${Number(match[3])}日` : ""}`;
}

/**
 * @param {{source?: string | null, published?: string | null}} item a document or a citation
 * @returns {string} "人民日报 · 2024年12月7日", without what is unknown
 */
export function sourceAndDate(item) {
  return [item.source ?? "", chineseDate(item.published ?? "")].filter(Boolean).join(" · ");
}

/** @param {string} title @returns {string} the title in 书名号, which are not doubled */
export function bookTitle(title) {
  return /^《.*》$/su.test(title) ? title : `《${title}》`;
}

/** What stands over the claims of a nature where an answer has several. */
const GROUPS = new Map([
  ["规定", "规定"],
  ["要求", "讲话要求"],
  ["做法", "做法"],
  ["", "其他资料"],
]);

/**
 * @param {{rank?: string, nature?: string, status?: string}} item a document or a citation
 * @returns {string} "中央法规 · 规定", without what is unknown; its status too unless it is simply in force
 */
export function authorityLabel({ rank = "", nature = "", status = "" }) {
  return [rank, nature, status === "现行" ? "" : status].filter(Boolean).join(" · ");
}

/**
 * @param {string} kind of the answer
 * @param {{nature?: string}[]} claims
 * @returns {string[]} for each claim the words over it: where a howto turns from one nature to another, else empty
 */
export function groupLeads(kind, claims) {
  const natures = claims.map((claim) => claim.nature ?? "");
  if (kind !== "howto" || new Set(natures).size < 2) return natures.map(() => "");
  return natures.map((nature, index) => (nature === natures[index - 1] ? "" : GROUPS.get(nature) ?? nature));
}

/**
 * @param {number[] | undefined} pages of the file, ascending; there are none in formats without pages
 * @returns {string} "第3页" or "第3–4页"
 */
export function pageNumbers(pages) {
  if (!pages || pages.length === 0) return "";
  const [first, last] = [pages[0], pages[pages.length - 1]];
  return first === last ? `第${first}页` : `第${first}–${last}页`;
}

/**
 * @param {import("./api.js").Citation} citation
 * @returns {string} "第四章 › 第十二条 第二款 · 第3页", without what is unknown
 */
export function placeAndPages(citation) {
  return [citation.location, pageNumbers(citation.pages)].filter(Boolean).join(" · ");
}

/**
 * The answer as plain text with its sources, for pasting into a document.
 *
 * @param {import("./api.js").Answer} answer
 * @returns {string}
 */
export function answerAsText(answer) {
  const markers = (/** @type {number[]} */ ids) => ids.map((id) => `[${id}]`).join("");
  const several = answer.claims.length > 1;
  const groups = groupLeads(answer.kind, answer.claims);
  const points = answer.claims.map((claim, index) => {
    const lead = claim.label && !claim.text.startsWith(claim.label) ? `${claim.label}：` : "";
    const group = groups[index] ? `${groups[index]}：\n` : "";
    return `${group}${several ? `${index + 1}. ` : ""}${lead}${claim.text}${markers(claim.citations)}`;
  });
  const body = answer.status === "answered" && points.length > 0 ? points.join("\n") : answer.answer;
  const sources = answer.citations.map((citation) => {
    const about = [
      bookTitle(citation.title),
      authorityLabel(citation),
      sourceAndDate(citation),
      citation.location,
      pageNumbers(citation.pages),
    ].filter(Boolean).join("，");
    return `[${citation.id}] ${about}：“${citation.quote}”`;
  });
  const parts = [`问：${answer.question}`, body];
  if (sources.length > 0) parts.push(`资料来源\n${sources.join("\n")}`);
  return `${parts.join("\n\n")}\n`;
}
