/**
 * Lessons with changes that the service has not got yet, in localStorage: they survive a reload, a crash and a service
 * that is gone. What has been saved is removed, so that nothing is left on a shared computer.
 */

/** @typedef {import("./lessonapi.js").Lesson} Lesson */

const PREFIX = "dangjian.lesson.";

/** @param {Lesson} lesson its revision is the one that the changes were made on @returns {boolean} whether it is kept */
export function saveDraft(lesson) {
  try {
    localStorage.setItem(PREFIX + lesson.id, JSON.stringify(lesson));
    return true;
  } catch {
    return false; // storage is full or switched off
  }
}

/** @param {string} id @returns {Lesson | null} */
export function loadDraft(id) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + id) ?? "null");
    return draft?.id === id && Array.isArray(draft.sections) ? draft : null;
  } catch {
    return null; // written by another version of the page, or storage is switched off
  }
}

/** @param {string} id */
export function dropDraft(id) {
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // storage is switched off: there was nothing
  }
}

/** @returns {Lesson[]} all that are here */
export function allDrafts() {
  try {
    const ids = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
    return ids.map(loadDraft).filter((draft) => draft !== null);
  } catch {
    return [];
  }
}
