/**
 * An incremental reader of `text/event-stream`. The browser's EventSource cannot send a POST, so we read the bytes
 * of a fetch ourselves. Rules: WHATWG HTML, "Server-sent events", section "Parsing an event stream".
 */

/** @typedef {{event: string, data: string}} StreamEvent */

/** Feed it byte chunks split anywhere, even inside a character or between CR and LF. */
export class EventStreamParser {
  constructor() {
    // The decoder keeps the bytes of an unfinished character and swallows a leading byte order mark.
    this._decoder = new TextDecoder("utf-8");
    this._line = "";
    this._skipLineFeed = false;
    this._event = "";
    /** @type {string[]} */
    this._data = [];
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {StreamEvent[]} the events these bytes complete; an event the stream leaves unfinished never appears
   */
  push(bytes) {
    /** @type {StreamEvent[]} */
    const events = [];
    let text = this._decoder.decode(bytes, { stream: true });
    if (this._skipLineFeed && text.length > 0) {
      // The last chunk ended in CR; an LF right after it belongs to the same line end.
      if (text[0] === "\n") text = text.slice(1);
      this._skipLineFeed = false;
    }
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at];
      if (character !== "\n" && character !== "\r") continue;
      this._endLine(this._line + text.slice(from, at), events);
      this._line = "";
      if (character === "\r") {
        if (at + 1 === text.length) this._skipLineFeed = true;
        else if (text[at + 1] === "\n") at += 1;
      }
      from = at + 1;
    }
    this._line += text.slice(from);
    return events;
  }

  /**
   * @param {string} line
   * @param {StreamEvent[]} events
   */
  _endLine(line, events) {
    if (line === "") {
      if (this._data.length > 0) events.push({ event: this._event || "message", data: this._data.join("\n") });
      this._event = "";
      this._data = [];
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment: servers send these to keep the connection open
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "event") this._event = value;
    else if (field === "data") this._data.push(value);
  }
}
