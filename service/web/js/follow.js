/** Keeps the newest turn in view, but only for a reader who is at the end of the dialogue. */

const NEAR = 64;
const MARGIN = 20;

export class Follower {
  /** @param {HTMLElement} scroller @param {HTMLElement} jump a button that leads to the end */
  constructor(scroller, jump) {
    this._scroller = scroller;
    this._jump = jump;
    this._following = true;
    /** @type {HTMLElement | null} */
    this._turn = null;
    scroller.addEventListener("scroll", () => this._scrolled(), { passive: true });
    new ResizeObserver(() => this._scrolled()).observe(scroller);
    jump.addEventListener("click", () => {
      scroller.scrollTop = scroller.scrollHeight;
      this._following = true;
    });
  }

  /** @param {HTMLElement} turn the reader has just asked: show this turn from its beginning */
  start(turn) {
    this._turn = turn;
    this._following = true;
    this.update();
  }

  /** The dialogue is empty again. */
  reset() {
    this._turn = null;
    this._showJump();
  }

  /** The dialogue has grown. The view moves on until the question stands at the top, never past it. */
  update() {
    if (this._following && this._turn) {
      const top = this._turn.getBoundingClientRect().top - this._scroller.getBoundingClientRect().top;
      const target = this._scroller.scrollTop + top - MARGIN;
      this._scroller.scrollTop = Math.min(target, this._end());
      this._target = this._scroller.scrollTop;
    }
    this._showJump();
  }

  _end() {
    return this._scroller.scrollHeight - this._scroller.clientHeight;
  }

  _scrolled() {
    // Our own move leaves the position where we put it; any other was the reader's.
    if (Math.abs(this._scroller.scrollTop - (this._target ?? -1)) > 2) {
      this._following = this._end() - this._scroller.scrollTop < NEAR;
    }
    this._showJump();
  }

  _showJump() {
    this._jump.hidden = !this._turn || this._end() - this._scroller.scrollTop < NEAR * 2;
  }
}
