// The text as it grows. What arrives between two flushes is one change to the document, and what is laid out again is one block of it, not
// the whole: a browser lays a block out as a whole, so one of a million characters would cost more with each token.

const FLUSH = 33; // milliseconds
const BLOCK = 3000; // characters, then the next line begins a new block
const LONGEST = 20000; // a block that has no line end by then ends all the same
const PROMPT = 600;

export class Text {
  #root;
  #waiting = "";
  #timer = 0;
  #onFlush;
  #node;

  /** @param onFlush called after each change */
  constructor(root, onFlush) {
    this.#root = root;
    this.#onFlush = onFlush;
  }

  /** Begins anew with the prompt, or with the end of a long one. */
  begin(prompt) {
    this.#drop();
    const given = document.createElement("span");
    given.className = "given";
    given.textContent = prompt.length > PROMPT ? `…${prompt.slice(-PROMPT)}` : prompt;
    this.#root.replaceChildren();
    this.#block().prepend(given);
  }

  add(piece) {
    this.#waiting += piece;
    // Not requestAnimationFrame, which stands still in a tab that is not seen.
    this.#timer ||= setTimeout(() => this.flush(), FLUSH);
  }

  flush() {
    const pieces = this.#waiting;
    this.#drop();
    for (let rest = pieces; rest; ) {
      const room = BLOCK - this.#node.length;
      const end = rest.indexOf("\n", Math.max(0, room)) + 1 || (this.#node.length + rest.length > LONGEST ? rest.length : 0);
      this.#node.appendData(end ? rest.slice(0, end) : rest);
      rest = end ? rest.slice(end) : "";
      if (end) this.#block();
    }
    this.#onFlush();
  }

  /** What the model wrote, without the prompt. */
  get written() {
    return [...this.#root.children].map((block) => block.lastChild.data).join("");
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#waiting = "";
  }

  #block() {
    const block = document.createElement("div");
    this.#node = document.createTextNode("");
    block.append(this.#node);
    this.#root.append(block);
    return block;
  }
}
