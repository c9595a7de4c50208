/** Everything the page asks the service. Addresses are relative, so the page also works below a path prefix. */

import { owner } from "./owner.js";
import { EventStreamParser } from "./sse.js";

/** @typedef {{id: number, document_id: string, title: string, location: string, quote: string, start: number, end: number, published: string, source: string, score: number, pages?: number[], rank?: string, nature?: string, status?: string, text_sha256?: string}} Citation offsets are code points */
/** @typedef {{text: string, verbatim: boolean, citations: number[], label?: string, nature?: string}} Claim */
/** @typedef {{question: string, status: "answered"|"not_found", kind: string, answer: string, claims: Claim[], conversation_id?: string, citations: Citation[], evidence: number, suggestions: string[], timings_ms: Record<string, number>, notes?: string[], choices?: string[], resolved_question?: string, turn?: number, related?: Citation[]}} Answer `related` came nearest where nothing was found, and is no answer; `turn` counts the turns of the conversation that is kept; 0 where none is */
/** @typedef {{title: string, level: number, start: number, end: number, heading_start: number, heading_end: number}} Section */
/** @typedef {{start: number, end: number, kind: string, label: string, document_id: string, title: string, target_start: number | null, target_end: number | null}} Reference offsets are code points, those of the target into the document named */
/** @typedef {{id: string, title: string, subtitle: string, authors: string[], source: string, published: string, kind: string, rank?: string, nature?: string, text: string, text_sha256: string, sections: Section[], characters: number, status?: string, status_reason?: string, newer?: string, versions?: Version[], original?: boolean, references?: Reference[], traditional?: number, reading?: string | null}} SourceDocument `reading` is the text in simplified script, the same to the character */
/** @typedef {{kind: string, start: number, end: number, raw_start: number, raw_end: number, removed: string | null, replacement: string}} Repair `start` and `end` are code points of the text, `removed` is unknown where the file is gone */
/** @typedef {{total: number, counts: Record<string, number>, repairs: Repair[], reason: string}} Repairs */
/** @typedef {{ok: boolean, reason: string, text_sha256: string, recorded_sha256: string, checked_at: string}} Verified */
/** @typedef {{id: string, title: string, published: string, effective: string, status: string}} Version */
/** @typedef {{start: number, end: number, words: string}} Stretch offsets are code points */
/** @typedef {{label: string, path: string[], start: number, end: number, body: Stretch}} Part */
/** @typedef {{op: "equal"|"insert"|"delete"|"replace", a: Stretch, b: Stretch}} Run */
/** @typedef {{kind: string, moved: boolean, a: Part | null, b: Part | null, runs: Run[]}} Change */
/** @typedef {{a: Version, b: Version, counts: Record<string, number>, changes: Change[]}} Diff */
/** @typedef {{id: string, title: string, subtitle: string, source: string, published: string, kind: string, rank?: string, nature?: string, authors: string[], characters: number, passages: number}} DocumentSummary */
/** @typedef {{status: string, version: string, documents: number, passages: number, limits?: {question_characters?: number}}} Health */
/** @typedef {{name: string, label: string, value: number, low: number | null, high: number | null, text: string, between: string, better: string}} Figure */
/** @typedef {{id: string, kind: string, dataset: string, split: string, configuration: string, queries: number, done: number | null, complete: boolean, started: string, finished: string, headline: string, figures: Figure[], report: string | null}} Evaluation */
/** @typedef {{question: string, conversation_id?: string, filters?: import("./scope.js").Filters}} AskBody */
/** @typedef {{verdict: "up"|"down", reason: string, comment: string, confirmed: number[]}} Feedback `confirmed` are ids of citations */
/** @typedef {{id: string, title: string, created: string, updated: string, turns: number}} Conversation */
/** @typedef {{answer: Answer, checks: {id: number, state: "current"|"superseded"|"moved"|"vanished", remark: string, citation: Citation}[]}} CheckedAnswer */
/** @typedef {{id: string, title: string, turns: {question: string, asked_at: string, answer: Answer}[]}} WholeConversation */

/** A failure in words for the user: what happened, why, and what to do about it. */
export class ApiError extends Error {
  /** @param {{title: string, detail?: string, fix?: string, status?: number}} problem */
  constructor({ title, detail = "", fix = "", status = 0 }) {
    super(title);
    this.name = "ApiError";
    this.title = title;
    this.detail = detail;
    this.fix = fix;
    /** The HTTP status; 0 when the service did not answer at all. */
    this.status = status;
  }
}

/** @returns {ApiError} */
function unreachable() {
  return new ApiError({
    title: "连接不上服务",
    detail: "页面没有收到服务的回应，可能服务已经停止，或者网络中断了。",
    fix: "请确认服务仍在运行，然后点“重试”。",
  });
}

/**
 * @param {unknown} problem a problem body, or anything else
 * @param {number} status
 * @returns {ApiError}
 */
function toApiError(problem, status) {
  const body = /** @type {Record<string, unknown>} */ (problem && typeof problem === "object" ? problem : {});
  const words = (/** @type {unknown} */ value) => (typeof value === "string" ? value : "");
  return new ApiError({
    title: words(body.title) || "服务没能完成这次请求",
    detail: words(body.detail) || (words(body.title) ? "" : `服务返回了状态 ${status}。`),
    fix: words(body.fix) || (words(body.title) ? "" : "请稍后点“重试”；如果一直这样，请联系管理员。"),
    status: typeof body.status === "number" ? body.status : status,
  });
}

/**
 * @param {string} path below /api/
 * @param {RequestInit} [options]
 * @returns {Promise<Response>} a response with a 2xx status
 * @throws {ApiError} otherwise; an abort is thrown on as it is
 */
export async function request(path, options = {}) {
  let response;
  const headers = { "X-Dangjian-Owner": owner(), ...options.headers };
  try {
    response = await fetch(new URL(`api/${path}`, document.baseURI), { ...options, headers });
  } catch (error) {
    throw options.signal?.aborted ? error : unreachable();
  }
  if (response.ok) return response;
  throw toApiError(await response.json().catch(() => null), response.status);
}

/** @param {string} path @param {RequestInit} [options] @returns {Promise<any>} */
export async function requestJson(path, options) {
  const response = await request(path, options);
  try {
    return await response.json();
  } catch (error) {
    throw options?.signal?.aborted ? error : unreachable();
  }
}

/** @param {unknown} body @param {AbortSignal} [signal] @returns {RequestInit} */
function post(body, signal) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal };
}

/** @returns {Promise<Health>} */
export const getHealth = () => requestJson("health");

/** @returns {Promise<string[]>} example questions */
export async function getExamples() {
  const { questions } = await requestJson("examples");
  return Array.isArray(questions) ? questions.filter((question) => typeof question === "string") : [];
}

/** @returns {Promise<DocumentSummary[]>} */
export const getDocuments = async () => (await requestJson("documents")).documents;

/** @param {string} id @returns {string} where the file is that a document was made of */
export const originalAddress = (id) => `api/documents/${encodeURIComponent(id)}/original`;

/** @param {string} id @param {boolean} [reading] whether the text comes in simplified script as well @returns {Promise<SourceDocument>} */
export const getDocument = (id, reading = false) =>
  requestJson(`documents/${encodeURIComponent(id)}${reading ? "?script=simplified" : ""}`);

/** @param {string} id @returns {Promise<Repairs>} what was repaired in the words of the file */
export const getRepairs = (id) => requestJson(`documents/${encodeURIComponent(id)}/repairs`);

/** @param {Citation} citation @returns {Promise<Verified>} how it compares with the library as it is now */
export const verifyCitation = ({ document_id, start, end, quote, text_sha256 = "" }) =>
  requestJson("verify", post({ document_id, start, end, quote, text_sha256 }));

/** @param {string} a @param {string} b @returns {Promise<Diff>} */
export const getDiff = (a, b) => requestJson(`documents/diff?${new URLSearchParams({ a, b })}`);
/** @returns {Promise<{kept: boolean, conversations: Conversation[]}>} this browser's, the one used last first */
export const getConversations = () => requestJson("conversations");

/** @param {string} id */
const conversationPath = (id) => `conversations/${encodeURIComponent(id)}`;

/** @param {string} id @returns {Promise<WholeConversation>} */
export const getConversation = (id) => requestJson(conversationPath(id));

/** @param {string} id @param {string} title @returns {Promise<Conversation>} */
export const renameConversation = (id, title) => {
  const headers = { "Content-Type": "application/json" };
  return requestJson(conversationPath(id), { method: "PATCH", headers, body: JSON.stringify({ title }) });
};

/** @param {string} id */
export const deleteConversation = (id) => request(conversationPath(id), { method: "DELETE" });

/** @param {string} id @returns {string} where a conversation can be fetched as Markdown; a link cannot carry the token */
export const exportAddress = (id) => new URL(`api/${conversationPath(id)}/export?format=md`, document.baseURI).href;

/** @param {Answer} answer @param {Feedback} feedback takes the place of what was said before */
export const giveFeedback = ({ conversation_id, turn }, feedback) =>
  requestJson("feedback", post({ conversation_id, turn, ...feedback }));

/** @param {Answer} answer */
export const withdrawFeedback = ({ conversation_id = "", turn }) =>
  request(`feedback/${encodeURIComponent(conversation_id)}/${turn}`, { method: "DELETE" });

/** @param {string} conversation @returns {Promise<(Feedback & {turn: number})[]>} what was said of its turns */
export const getFeedback = async (conversation) =>
  (await requestJson(`feedback?${new URLSearchParams({ conversation_id: conversation })}`)).feedback;

/** @param {{conversation_id?: string, turn?: number}} answer */
const turnPath = ({ conversation_id = "", turn }) => `${conversationPath(conversation_id)}/turns/${turn}`;

/** @param {string} id @param {number} turn @returns {Promise<CheckedAnswer>} */
export const getTurn = (id, turn) => requestJson(turnPath({ conversation_id: id, turn }));

/** @param {string} token @returns {Promise<CheckedAnswer>} what somebody shared */
export const getShared = (token) => requestJson(`shared/${encodeURIComponent(token)}`);

/** @param {Answer} answer @returns {Promise<string>} the answer as plain text with its sources */
export const fetchTurnText = async (answer) => (await request(`${turnPath(answer)}/export?format=txt`)).text();

/** @param {{conversation_id?: string, turn?: number}} answer @param {string} format */
export const exportTurnAddress = (answer, format) =>
  new URL(`api/${turnPath(answer)}/export?format=${format}`, document.baseURI).href;

/** @param {string} token @param {string} format */
export const exportSharedAddress = (token, format) =>
  new URL(`api/shared/${encodeURIComponent(token)}/export?format=${format}`, document.baseURI).href;

/** @param {Answer} answer @returns {Promise<string>} the token of its link, empty where it is not shared */
export const shareOf = async (answer) => (await requestJson(`${turnPath(answer)}/share`)).token;

/** @param {Answer} answer @returns {Promise<string>} */
export const shareTurn = async (answer) => (await requestJson(`${turnPath(answer)}/share`, { method: "POST" })).token;

/** @param {Answer} answer */
export const revokeShare = (answer) => request(`${turnPath(answer)}/share`, { method: "DELETE" });

/** @returns {Promise<{evaluations: Evaluation[], unreadable: string[]}>} newest first */
export const getEvaluations = () => requestJson("evaluations");

/**
 * Asks and follows the answer while it is made. A stream that breaks before its answer is replaced, once, by the
 * plain request, so a proxy that cuts or buffers streams costs nothing but the live view.
 *
 * @param {AskBody} body
 * @param {{signal: AbortSignal, onStart: (start: {conversation_id?: string}) => void, onClaim: (claim: Claim, citations: Citation[]) => void}} options
 * @returns {Promise<Answer>}
 * @throws {ApiError} with what the service said; an abort is thrown on as it is
 */
export async function ask(body, options) {
  try {
    return await askByStream(body, options);
  } catch (error) {
    const said = error instanceof ApiError && error.status !== 0;
    if (options.signal.aborted || said) throw error;
  }
  return requestJson("ask", post(body, options.signal));
}

/** @type {typeof ask} */
async function askByStream(body, { signal, onStart, onClaim }) {
  const response = await request("ask/stream", post(body, signal));
  if (!response.body) throw unreachable();
  const parser = new EventStreamParser();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw unreachable();
    for (const { event, data } of parser.push(value)) {
      const content = JSON.parse(data);
      if (event === "start") onStart(content);
      else if (event === "claim") onClaim(content.claim, content.citations ?? []);
      else if (event === "error") throw toApiError(content, 500);
      else if (event === "answer") {
        reader.cancel().catch(() => {}); // the answer is the last word; do not hold the connection
        return content;
      }
    }
  }
}
