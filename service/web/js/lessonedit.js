/** Edits of a lesson: a lesson and what to do to it in, another lesson out. Nothing here knows the page or the service. */

/** @typedef {import("./lessonapi.js").Lesson} Lesson */
/** @typedef {import("./lessonapi.js").LessonSection} LessonSection */
/** @typedef {import("./lessonapi.js").Point} Point */
/** @typedef {import("./lessonapi.js").Excerpt} Excerpt */
/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {{section: number, index: number}} Place */

const PARTS = new Map([
  ["opening", "导入"],
  ["why", "为什么"],
  ["what", "是什么"],
  ["view", "怎么看"],
  ["how", "怎么办"],
  ["discussion", "讨论题"],
  ["quiz", "自测题"],
  ["reading", "延伸阅读"],
]);
/** The longest line that is made of a quote, in characters. */
const LONGEST_LEAD = 48;

/** @param {string} part @returns {string} its name; what is not known comes back unchanged */
export function partName(part) {
  return PARTS.get(part) ?? part;
}

/** @param {Lesson} lesson @param {string} id of a point @returns {Place | null} */
export function placeOf(lesson, id) {
  for (const [section, { points }] of lesson.sections.entries()) {
    const index = points.findIndex((point) => point.id === id);
    if (index >= 0) return { section, index };
  }
  return null;
}

/** @param {Lesson} lesson @param {string} id @returns {Point | null} */
export function pointOf(lesson, id) {
  const place = placeOf(lesson, id);
  return place && lesson.sections[place.section].points[place.index];
}

/** @param {Lesson} lesson @param {number} at @param {Partial<LessonSection>} changes @returns {Lesson} */
export function setSection(lesson, at, changes) {
  const sections = lesson.sections.map((section, index) => (index === at ? { ...section, ...changes } : section));
  return { ...lesson, sections };
}

/** @param {Lesson} lesson @param {string} id @param {Partial<Point>} changes @returns {Lesson} */
export function setPoint(lesson, id, changes) {
  const place = placeOf(lesson, id);
  if (!place) return lesson;
  const points = lesson.sections[place.section].points.map((point) => (point.id === id ? { ...point, ...changes } : point));
  return setSection(lesson, place.section, { points });
}

/**
 * @param {Lesson} lesson
 * @param {string} id
 * @param {string} text
 * @param {string | undefined} original the line as it was before the trainer wrote; undefined where it never was the program's
 * @returns {Lesson} with the point marked as the trainer's own unless these are words of its sources
 */
export function setText(lesson, id, text, original) {
  const point = pointOf(lesson, id);
  if (!point) return lesson;
  const quoted = point.excerpts.some(({ citation }) => [citation.quote, citation.title, citation.location].some((words) => words.includes(text)));
  return setPoint(lesson, id, { text, own: original === undefined || !(text === original || quoted) });
}

/** @param {Lesson} lesson @param {string} id @returns {Lesson} */
export function dropPoint(lesson, id) {
  const place = placeOf(lesson, id);
  if (!place) return lesson;
  return setSection(lesson, place.section, {
    points: lesson.sections[place.section].points.filter((point) => point.id !== id),
  });
}

/** @param {Lesson} lesson @param {Place} place one outside the section is moved to its nearest end @param {Point} point @returns {Lesson} */
export function insertPoint(lesson, { section, index }, point) {
  const points = [...lesson.sections[section].points];
  points.splice(Math.max(0, index), 0, point);
  return setSection(lesson, section, { points });
}

/**
 * @param {Lesson} lesson
 * @param {string} id
 * @param {Place} place where the point shall stand, counted without it
 * @returns {Lesson} the same lesson where it stands there already
 */
export function movePoint(lesson, id, place) {
  const from = placeOf(lesson, id);
  const point = pointOf(lesson, id);
  if (!from || !point || (from.section === place.section && from.index === place.index)) return lesson;
  return insertPoint(dropPoint(lesson, id), place, point);
}

/**
 * @param {Lesson} lesson
 * @param {string} id
 * @param {-1 | 1} by
 * @returns {Place | null} one place up or down, over the edge of a section into the next; null at either end of the lesson
 */
export function stepFrom(lesson, id, by) {
  const place = placeOf(lesson, id);
  if (!place) return null;
  const index = place.index + by;
  if (index >= 0 && index < lesson.sections[place.section].points.length) return { section: place.section, index };
  const section = place.section + by;
  if (section < 0 || section >= lesson.sections.length) return null;
  return { section, index: by > 0 ? 0 : lesson.sections[section].points.length };
}

/** @param {string} quote @returns {string} its first sentence, without what ends it; cut at a comma where it is long */
export function leadOf(quote) {
  const sentence = /[^。！？；\n]+/u.exec(quote)?.[0].trim() ?? "";
  if ([...sentence].length <= LONGEST_LEAD) return sentence;
  const short = [...sentence].slice(0, LONGEST_LEAD).join("");
  const comma = Math.max(short.lastIndexOf("，"), short.lastIndexOf("、"));
  return comma > 0 ? short.slice(0, comma) : short;
}

/** @param {Citation} citation @returns {Excerpt} */
const taken = (citation) => ({ citation, state: "current", remark: "" });

/**
 * Puts an excerpt in the place of another, or at the end. Where the line was a word of the excerpt that leaves, it
 * becomes one of the excerpt that comes, for a line that is not the trainer's own has to be of its sources.
 *
 * @param {Lesson} lesson
 * @param {string} id of the point
 * @param {number} at which excerpt leaves; the number of excerpts where none does
 * @param {Citation} citation
 * @returns {Lesson}
 */
export function putExcerpt(lesson, id, at, citation) {
  const point = pointOf(lesson, id);
  if (!point) return lesson;
  const leaving = point.excerpts[at];
  const excerpts = [...point.excerpts];
  excerpts.splice(at, 1, taken(citation));
  const words = leaving && !point.own && point.text !== "" && leaving.citation.quote.includes(point.text);
  return setPoint(lesson, id, { excerpts, ...(words ? { text: leadOf(citation.quote) } : {}) });
}

/** @param {Lesson} lesson @param {string} id of the point @param {number} at @returns {Lesson} */
export function dropExcerpt(lesson, id, at) {
  const point = pointOf(lesson, id);
  return point ? setPoint(lesson, id, { excerpts: point.excerpts.filter((_, index) => index !== at) }) : lesson;
}

/** @param {string} id @param {Citation | null} citation null for a point of the trainer's own @returns {Point} */
export function newPoint(id, citation) {
  const kept = citation ? [taken(citation)] : [];
  return { id, text: citation ? leadOf(citation.quote) : "", excerpts: kept, own: !citation, note: "", answer: "", warnings: [] };
}

/** @param {Lesson} lesson @returns {number} of all sections together */
export function sumMinutes(lesson) {
  return lesson.sections.reduce((sum, section) => sum + section.minutes, 0);
}

/** @param {Lesson} lesson @returns {Lesson} with the minutes of its sections in the same proportions, and their sum that of the whole */
export function fitMinutes(lesson) {
  const sum = sumMinutes(lesson);
  const shares = lesson.sections.map(({ minutes }) => (sum > 0 ? minutes / sum : 1 / lesson.sections.length) * lesson.minutes);
  const whole = shares.map(Math.floor);
  const short = lesson.minutes - whole.reduce((total, minutes) => total + minutes, 0);
  const neediest = shares.map((share, index) => ({ index, rest: share - whole[index] })).sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of neediest.slice(0, short)) whole[index] += 1;
  return { ...lesson, sections: lesson.sections.map((section, index) => ({ ...section, minutes: whole[index] })) };
}

/** @param {Point} point @returns {boolean} whether the trainer has not written anything into it yet */
export function isBlank(point) {
  return point.own && point.excerpts.length === 0 && `${point.text}${point.note}`.trim() === "";
}

/** @param {Lesson} lesson @returns {Lesson} what can be kept: without blank points, with a name for everything */
export function sendable(lesson) {
  const sections = lesson.sections.map((section) => ({
    ...section,
    title: section.title.trim() || partName(section.part),
    points: section.points
      .filter((point) => !isBlank(point))
      .map((point) => (point.text.trim() || point.excerpts.length === 0 ? point : { ...point, text: leadOf(point.excerpts[0].citation.quote), own: false })),
  }));
  return { ...lesson, title: lesson.title.trim() || lesson.topic, sections };
}

/**
 * @param {Lesson} lesson
 * @param {Lesson} saved the same, as the service gave it back
 * @returns {Lesson} with what the service decides: what has become of excerpts, whose the words are, warnings, what is missing
 */
export function refreshed(lesson, saved) {
  const known = new Map(saved.sections.flatMap((section) => section.points.map((point) => [point.id, point])));
  const sections = lesson.sections.map((section, index) => ({
    ...section,
    missing: saved.sections[index]?.part === section.part ? saved.sections[index].missing : section.missing,
    points: section.points.map((point) => {
      const from = known.get(point.id);
      if (!from || from.excerpts.length !== point.excerpts.length) return point;
      return { ...point, excerpts: from.excerpts, warnings: from.warnings, own: from.own };
    }),
  }));
  return { ...lesson, sections };
}

/** @param {Lesson} a @param {Lesson} b @returns {boolean} whether a trainer would take them for the same */
export function sameContent(a, b) {
  const content = (/** @type {Lesson} */ { title, audience, minutes, sections }) =>
    JSON.stringify([
      [title, audience, minutes],
      sections.map((section) => [
        [section.title, section.minutes],
        section.points.map(({ id, text, note, excerpts }) => [id, text, note, excerpts.map(({ citation }) => citation.quote)]),
      ]),
    ]);
  return content(a) === content(b);
}
