/**
 * Code points and UTF-16 units: the only place of the page that converts between them.
 *
 * The service counts code points (Python), JavaScript strings count UTF-16 units; a rare 汉字 such as 𠮷 is one
 * code point and two units, so every offset behind it differs.
 */

/**
 * @param {string} text
 * @returns {number} how many code points `text` has
 */
export function countCodePoints(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/**
 * A text with code point offsets. Building it reads the text once; each conversion is then a binary search among
 * the rare two-unit characters.
 */
export class CodePointText {
  /** @param {string} text */
  constructor(text) {
    /** @readonly */
    this.text = text;
    /** Code point offsets of the two-unit characters, ascending. @type {number[]} */
    this._wide = [];
    let point = 0;
    for (const character of text) {
      if (character.length === 2) this._wide.push(point);
      point += 1;
    }
    /** The length in code points. @readonly */
    this.length = point;
  }

  /**
   * @param {number} point a code point offset; what lies outside the text is moved to its nearest end
   * @returns {number} the UTF-16 offset of the same place
   */
  toUnit(point) {
    const inside = Math.min(Math.max(Math.trunc(point) || 0, 0), this.length);
    return inside + this._wideBefore((index) => this._wide[index] < inside);
  }

  /**
   * @param {number} unit a UTF-16 offset inside the text, not in the middle of a character
   * @returns {number} the code point offset of the same place
   */
  toPoint(unit) {
    return unit - this._wideBefore((index) => this._wide[index] + index < unit);
  }

  /** @param {(index: number) => boolean} isBefore true up to some index @returns {number} that index */
  _wideBefore(isBefore) {
    let low = 0;
    let high = this._wide.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * @param {number} start code point offset
   * @param {number} end code point offset, exclusive
   * @returns {string} what Python calls `text[start:end]` for offsets that are not negative
   */
  slice(start, end) {
    return this.text.slice(this.toUnit(start), Math.max(this.toUnit(start), this.toUnit(end)));
  }
}
