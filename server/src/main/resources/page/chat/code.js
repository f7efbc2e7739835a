import { copyButton } from "../copy.js";
import { element } from "../element.js";
import { highlighted } from "./sanitize.js";

const library = import("../vendor/highlight.js").then((module) => module.default);
const LONGEST = 50_000; // characters; longer code stays plain

/** A block of code that may grow, with its language and a button that copies it. */
export class CodeBlock {
  #text = "";
  #code = element("code");
  #language;

  constructor(language) {
    this.#language = language;
    this.element = element(
      "figure",
      { className: "code" },
      element("figcaption", {}, element("span", {}, language || "text"), copyButton(() => this.#text)),
      element("pre", { tabIndex: 0, role: "group", "aria-label": "Code" }, this.#code),
    );
  }

  async set(text) {
    this.#text = text;
    this.#code.textContent = text;
    const highlighter = await library;
    if (this.#text !== text || text.length > LONGEST || !highlighter.getLanguage(this.#language)) return;
    const { value } = highlighter.highlight(text, { language: this.#language, ignoreIllegals: true });
    this.#code.replaceChildren(highlighted(value));
  }
}
