/** What the lesson page asks the service. */

import { request, requestJson } from "./api.js";

/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {{citation: Citation, state: "current"|"superseded"|"moved"|"vanished", remark: string}} Excerpt */
/** @typedef {{id: string, text: string, excerpts: Excerpt[], own: boolean, note: string, answer: string, warnings: string[]}} Point */
/** @typedef {{part: string, title: string, minutes: number, points: Point[], missing: string}} LessonSection */
/** @typedef {{id: string, topic: string, title: string, audience: string, minutes: number, sections: LessonSection[], revision: number, created: string, updated: string}} Lesson */
/** @typedef {{id: string, title: string, topic: string, audience: string, minutes: number, updated: string, created: string}} LessonSummary */
/** @typedef {"md" | "docx" | "pptx"} Format */

/** The longest search that the service takes, in characters. */
export const LONGEST_SEARCH = 500;

/** @param {string} id */
const path = (id) => `lessons/${encodeURIComponent(id)}`;

/** @param {string} method @param {unknown} body @returns {RequestInit} */
const withBody = (method, body) => ({ method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** @param {{topic: string, audience: string, minutes: number}} wanted @returns {Promise<Lesson>} */
export const makeLesson = (wanted) => requestJson("lessons", withBody("POST", wanted));

/** @returns {Promise<LessonSummary[]>} this browser's */
export const getLessons = async () => (await requestJson("lessons")).lessons;

/** @param {string} id @returns {Promise<Lesson>} */
export const getLesson = (id) => requestJson(path(id));

/** @param {Lesson} lesson with the revision it was made of; a 409 says that there is a newer one @returns {Promise<Lesson>} */
export const putLesson = (lesson) => requestJson(path(lesson.id), withBody("PUT", lesson));

/** @param {string} id @param {boolean} [leaving] whether the page is about to go */
export const deleteLesson = (id, leaving = false) => request(path(id), { method: "DELETE", keepalive: leaving });

/**
 * @param {string} lesson
 * @param {string | null} point the point they are for; null for a new one
 * @param {string} words what to look for; empty for what the point itself is about
 * @returns {Promise<Citation[]>} best first
 */
export async function getCandidates(lesson, point, words) {
  const asked = new URLSearchParams({ q: words.slice(0, LONGEST_SEARCH) });
  const place = point === null ? "lessons" : `${path(lesson)}/points/${encodeURIComponent(point)}`;
  const { candidates } = await requestJson(`${place}/candidates?${asked}`);
  return candidates.map((/** @type {{citation: Citation}} */ { citation }) => citation);
}

/** @param {string} id @param {Format} format @returns {Promise<{file: Blob, name: string}>} the name is empty where the service gives none */
export async function exportLesson(id, format) {
  const response = await request(`${path(id)}/export?${new URLSearchParams({ format })}`);
  const disposition = response.headers.get("Content-Disposition") ?? "";
  const encoded = /filename\*=UTF-8''([^;]+)/iu.exec(disposition)?.[1] ?? "";
  return { file: await response.blob(), name: decodeURIComponent(encoded) };
}
