/**
 * What survives a reload, in sessionStorage: the unsent question, the scope chosen and the current dialogue. It ends with the tab, so
 * nothing stays on a shared computer.
 */

const DRAFT = "dangjian.draft";
const DIALOGUE = "dangjian.dialogue";
const SCOPE = "dangjian.scope";

/** @typedef {{question: string, answer: import("./api.js").Answer | null, scope?: string}} SavedTurn */
/** @typedef {{conversation_id: string, turns: SavedTurn[]}} SavedDialogue */

/** @param {string} key @param {string} value @returns {boolean} */
function write(key, value) {
  try {
    sessionStorage.setItem(key, value);
    return true;
  } catch {
    return false; // storage is full or switched off: the page works on without it
  }
}

/** @param {string} key @returns {string} */
function read(key) {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} draft */
export function saveDraft(draft) {
  write(DRAFT, draft);
}

/** @returns {string} */
export function loadDraft() {
  return read(DRAFT);
}

/** @param {string} scope the id of a scope */
export function saveScope(scope) {
  write(SCOPE, scope);
}

/** @returns {string} empty when none was chosen */
export function loadScope() {
  return read(SCOPE);
}

/** @param {SavedDialogue} dialogue */
export function saveDialogue(dialogue) {
  if (write(DIALOGUE, JSON.stringify(dialogue))) return;
  // Answers are large and can be asked for again; questions are what must not be lost.
  const turns = dialogue.turns.map(({ question, scope }) => ({ question, answer: null, scope }));
  write(DIALOGUE, JSON.stringify({ ...dialogue, turns }));
}

/** @returns {SavedDialogue} */
export function loadDialogue() {
  try {
    const saved = JSON.parse(read(DIALOGUE));
    const turns = saved.turns.filter((/** @type {any} */ turn) => typeof turn.question === "string");
    return { conversation_id: String(saved.conversation_id ?? ""), turns };
  } catch {
    return { conversation_id: "", turns: [] };
  }
}
