/** What the library page asks the service beyond reading: who may change the library, and every change. */

import { owner } from "./owner.js";
import { requestJson, toApiError, unreachable } from "./api.js";

/** @typedef {{allowed: boolean, password: boolean, reason: string, formats: string[], file_bytes: number, upload_bytes: number, keep_removed_days: number}} Access */
/** @typedef {{name: string, label: string, form: "text"|"date"|"names"|"choice", value: string, detected: string, corrected: string, choices: string[]}} Field */
/** @typedef {{id: string, fields: Field[], original: boolean}} Fields */
/** @typedef {{path: string, outcome: string, label: string, document_id: string, detail: string, title: string}} FileResult */
/** @typedef {{name: string, size: number, problem: string}} Sent */
/** @typedef {{id: string, state: "queued"|"reading"|"indexing"|"done"|"failed", created: string, stage: string, done: number, total: number, problem: string, sent: Sent[], files: FileResult[], failed: number}} Job */
/** @typedef {{id: string, title: string, removed_at: string, until: string}} Removed */
/** @typedef {import("./api.js").DocumentSummary} DocumentSummary */

const PASSWORD = "dangjian.manager";
let password = "";
try {
  password = sessionStorage.getItem(PASSWORD) ?? "";
} catch {
  // storage is switched off: asked for again after a reload
}

/** @param {string} words the manager's password for this tab; empty to forget it */
export function setPassword(words) {
  password = words;
  try {
    if (words) sessionStorage.setItem(PASSWORD, words);
    else sessionStorage.removeItem(PASSWORD);
  } catch {
    // kept in memory alone
  }
}

/** @returns {boolean} */
export const hasPassword = () => password !== "";

/** @returns {Record<string, string>} headers carry no 汉字, so the password goes encoded */
const manager = () => (password ? { "X-Dangjian-Manager": encodeURIComponent(password) } : {});

/** @param {string} path @param {RequestInit} [options] */
const asManager = (path, options = {}) => requestJson(path, { ...options, headers: { ...manager(), ...options.headers } });

/** @param {string} id */
const documentPath = (id) => `documents/${encodeURIComponent(id)}`;

/** @returns {Promise<Access>} */
export const getAccess = () => asManager("access");

/** @param {string} id @returns {Promise<Fields>} */
export const getFields = (id) => requestJson(`${documentPath(id)}/fields`);

/** @param {string} id @param {Record<string, string | null>} changes null takes a correction back @returns {Promise<DocumentSummary>} */
export const correct = (id, changes) =>
  asManager(documentPath(id), { method: "PATCH", headers: { "Content-Type": "application/json" }, body: JSON.stringify(changes) });

/** @param {string} id @returns {Promise<Removed>} */
export const remove = (id) => asManager(documentPath(id), { method: "DELETE" });

/** @param {string} id @returns {Promise<DocumentSummary>} */
export const restore = (id) => asManager(`${documentPath(id)}/restore`, { method: "POST" });

/** @returns {Promise<Removed[]>} */
export const getRemoved = async () => (await asManager("removed")).documents;

/** @returns {Promise<Job[]>} the last first */
export const getJobs = async () => (await asManager("jobs")).jobs;

/** @param {string} id @returns {Promise<Job>} */
export const getJob = (id) => asManager(`jobs/${encodeURIComponent(id)}`);

/**
 * Sends files in one request; fetch cannot tell how much of a request is sent, XMLHttpRequest can.
 *
 * @param {File[]} files
 * @param {(bytes: number) => void} onSent how many bytes are on their way
 * @returns {Promise<Job>}
 * @throws {import("./api.js").ApiError}
 */
export function upload(files, onSent) {
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", new URL("api/documents", document.baseURI));
    for (const [name, value] of Object.entries({ "X-Dangjian-Owner": owner(), ...manager() })) sending.setRequestHeader(name, value);
    sending.responseType = "json";
    sending.upload.onprogress = (event) => onSent(event.loaded);
    sending.onload = () => (sending.status < 300 && sending.response ? resolve(sending.response) : reject(toApiError(sending.response, sending.status)));
    sending.onerror = () => reject(unreachable());
    sending.onabort = () => reject(unreachable());
    sending.send(form);
  });
}
