// Markdown that grows. Only the blocks that changed are made again.

import { element } from "../element.js";
import { Marked } from "../vendor/marked.js";
import { CodeBlock } from "./code.js";
import { prose } from "./sanitize.js";

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    // What the model writes as HTML is shown as it is written.
    html: ({ text }) => escaped(text),
    // A picture from elsewhere would tell its server what was said here.
    image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text || href)}</a>`,
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    // below the headings of the page
    heading({ tokens, depth }) {
      const level = Math.min(6, depth + 2);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
  },
});

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export class Markdown {
  #blocks = []; // {raw, language of a code block, code: its CodeBlock}

  constructor() {
    this.element = element("div", { className: "markdown" });
  }

  set(text) {
    const tokens = marked.lexer(text).filter((token) => token.type !== "space" && token.type !== "def");
    tokens.forEach((token, index) => this.#put(token, index));
    this.#blocks.length = tokens.length;
    while (this.element.childElementCount > tokens.length) this.element.lastChild.remove();
  }

  #put(token, index) {
    const before = this.#blocks[index];
    if (before?.raw === token.raw) return;
    const language = token.type === "code" ? languageOf(token.lang) : undefined;
    if (before?.code && before.language === language) {
      before.raw = token.raw;
      before.code.set(token.text);
      return;
    }
    const code = token.type === "code" ? codeBlock(language, token.text) : undefined;
    const made = element("div", {}, code ? code.element : rendered(token));
    this.#blocks[index] = { raw: token.raw, language, code };
    if (before) this.element.children[index].replaceWith(made);
    else this.element.append(made);
  }
}

function languageOf(info) {
  return (info ?? "").match(/^[^\s{]*/)[0].toLowerCase();
}

function codeBlock(language, text) {
  const block = new CodeBlock(language);
  block.set(text);
  return block;
}

function rendered(token) {
  const content = prose(marked.parser([token]));
  for (const pre of content.querySelectorAll("pre")) {
    const code = pre.firstElementChild;
    const language = languageOf(code?.className.replace(/^language-/, ""));
    pre.replaceWith(codeBlock(language, pre.textContent.replace(/\n$/, "")).element);
  }
  for (const table of content.querySelectorAll("table")) {
    const scroller = element("div", { className: "table", tabIndex: 0, role: "group", "aria-label": "Table" });
    table.replaceWith(scroller);
    scroller.append(table);
  }
  return content;
}
