/** What the workbench shows at its side: the source of an excerpt, or excerpts to choose from. */

import { CandidatesView } from "./lessoncandidates.js";
import * as edit from "./lessonedit.js";
import { focusKey } from "./lessonfocus.js";

/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {import("./lessonapi.js").Lesson} Lesson */
/**
 * @typedef {object} Workbench
 * @property {() => Lesson} lesson as it is now
 * @property {(lesson: Lesson, words: string) => void} change
 * @property {() => Promise<unknown>} save
 * @property {(words: string) => void} told says what was done
 */

export class LessonPanels {
  /**
   * @param {HTMLElement} place of the workbench
   * @param {import("./panel.js").Panel} panel
   * @param {import("./source.js").SourceView} source
   * @param {Workbench} bench
   */
  constructor(place, panel, source, bench) {
    this._place = place;
    this._panel = panel;
    this._source = source;
    this._bench = bench;
    this._candidates = new CandidatesView(panel, source);
    /** Which excerpt the source is open at. */
    this._shown = "";
  }

  /** @param {string} id of a point @param {number} at which of its excerpts @param {HTMLElement} opener */
  openSource(id, at, opener) {
    const places = this._bench.lesson().sections.flatMap(({ points }) =>
      points.flatMap((point) => point.excerpts.map((excerpt, index) => ({ key: `${point.id}:${index}`, citation: excerpt.citation }))),
    );
    // Numbered anew: the numbers of citations are those of the answers and searches they came from.
    const all = places.map(({ citation }, index) => ({ ...citation, id: index + 1 }));
    const first = places.findIndex(({ key }) => key === `${id}:${at}`);
    const key = opener.dataset.key ?? "";
    const onCitation = (/** @type {Citation | null} */ citation) => {
      this._shown = citation ? places[citation.id - 1].key : "";
      this.markShown();
      if (!citation) this._focusLater(key);
    };
    this._source.openCitation(all[first], { opener, siblings: () => all, onCitation });
  }

  markShown() {
    for (const node of this._place.querySelectorAll(".excerpt")) {
      node.classList.toggle("active", this._shown !== "" && node.getAttribute("data-excerpt") === this._shown);
    }
  }

  /** @param {string} id of a point @param {number} at the number of its excerpts where one is added */
  offer(id, at) {
    const lesson = this._bench.lesson();
    const point = edit.pointOf(lesson, id);
    if (!point) return;
    const adding = at >= point.excerpts.length;
    const key = adding ? `${id}:add-excerpt` : `${id}:${at}:replace`;
    const words = adding ? "加一条摘录" : "换一条摘录";
    this._candidates.open({
      title: words,
      about: point.text ? `为“${point.text}”找依据` : "为这一点找依据",
      lesson: lesson.id,
      point: id,
      words: point.text || lesson.topic,
      use: adding ? "加这条" : "用这条",
      taken: (citation) => this._has(citation),
      before: () => this._bench.save(),
      onPick: (citation) => this._pick(edit.putExcerpt(this._bench.lesson(), id, at, citation), words, key),
      onClose: () => this._focusLater(key),
    });
  }

  /** @param {number} section that a new point is looked for */
  offerNew(section) {
    const lesson = this._bench.lesson();
    const { part, title } = lesson.sections[section];
    this._candidates.open({
      title: "从资料里找",
      about: `加到“${title}”，选中的话会成为新的一点`,
      lesson: lesson.id,
      point: null,
      words: `${lesson.topic} ${title}`,
      use: "加这条",
      taken: (citation) => this._has(citation),
      before: () => Promise.resolve(),
      onPick: (citation) => {
        const point = edit.newPoint(newId(), citation);
        this._pick(edit.insertPoint(this._bench.lesson(), { section, index: Infinity }, point), "加一点", `${point.id}:text`);
      },
      onClose: () => this._focusLater(`${part}:found`),
    });
  }

  /** @param {Citation} citation @returns {boolean} whether the lesson shows some of the same words */
  _has({ document_id, start, end }) {
    const points = this._bench.lesson().sections.flatMap((section) => section.points);
    const cited = points.flatMap((point) => point.excerpts.map(({ citation }) => citation));
    return cited.some((other) => other.document_id === document_id && other.start < end && start < other.end);
  }

  /** @param {Lesson} lesson @param {string} words what was done @param {string} key what gets the keyboard */
  _pick(lesson, words, key) {
    this._bench.change(lesson, words);
    this._panel.close();
    focusKey(this._place, key);
    this._bench.told(`已${words}`);
  }

  /** The element that opened the panel may have been made anew since. @param {string} key */
  _focusLater(key) {
    queueMicrotask(() => document.activeElement === document.body && focusKey(this._place, key));
  }
}

/** @returns {string} a name for a new point */
export function newId() {
  return `own-${Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
