import { copyButton } from "../copy.js";
import { element, iconButton } from "../element.js";
import { Calls } from "./calls.js";
import { Markdown } from "./markdown.js";
import { tokensView } from "./tokens.js";
import { versionsView } from "./versions.js";

const ENDS = {
  length: "The limit of tokens was reached.",
  stopped: "Stopped.",
  failed: "The answer broke off.",
  undefined: "The answer was interrupted.",
};

/** What the model said, with its thinking folded and its calls. */
export class AssistantMessage {
  #message;
  #act;
  #thinking = new Markdown();
  #thoughts;
  #text = new Markdown();
  #calls;
  #note = element("p", { className: "note", hidden: true });
  #actions = element("footer", { className: "actions" });
  #tokens; // their view, while it is shown

  constructor(message, act) {
    this.#message = message;
    this.#act = act;
    this.#calls = new Calls((results) => act.results(message, results));
    this.#thoughts = element("details", { className: "thinking", hidden: true }, element("summary", {}, "Thinking"), this.#thinking.element);
    this.element = element(
      "article",
      { className: "message assistant" },
      element("h2", { className: "unseen" }, "Answer"),
      this.#thoughts,
      this.#text.element,
      this.#calls.element,
      this.#note,
      this.#actions,
    );
  }

  /**
   * @param running whether the answer is coming
   * @param last whether it is the last message that is shown
   */
  update({ running, last, versions }) {
    const { thinking, content, toolCalls, finish } = this.#message;
    this.element.classList.toggle("running", running);
    this.element.ariaBusy = String(running);
    this.#thoughts.hidden = !thinking;
    if (thinking) {
      this.#thoughts.firstChild.textContent = running && !content ? "Thinking…" : "Thoughts";
      this.#thinking.set(thinking);
    }
    this.#text.set(content);
    this.#calls.set(toolCalls, last && !running && finish === "tool_calls");
    this.#note.textContent = ENDS[finish] ?? "";
    this.#note.hidden = running || !this.#note.textContent;
    this.#actions.hidden = running;
    if (!running) this.#showActions(versions, last);
  }

  #showActions(versions, last) {
    const { content, toolCalls, finish, tokens, usage } = this.#message;
    this.#actions.replaceChildren(
      versionsView(this.#message, versions, this.#act.show),
      copyButton(() => content),
      iconButton("again", "Regenerate", () => this.#act.regenerate(this.#message)),
    );
    if (last && content && !toolCalls && finish !== "stop") {
      this.#actions.append(iconButton("forward", "Continue", () => this.#act.resume(this.#message)));
    }
    if (tokens) {
      const toggle = iconButton("probability", "Token probabilities", () => this.#toggleTokens(toggle));
      toggle.ariaPressed = String(Boolean(this.#tokens));
      this.#actions.append(toggle);
    }
    if (usage) this.#actions.append(element("span", { className: "figures" }, figures(usage)));
  }

  #toggleTokens(toggle) {
    if (this.#tokens) {
      this.#tokens.replaceWith(this.#text.element);
      this.#tokens = undefined;
    } else {
      this.#tokens = tokensView(this.#message.tokens);
      this.#text.element.replaceWith(this.#tokens);
    }
    toggle.ariaPressed = String(Boolean(this.#tokens));
  }
}

function figures({ answer, speed }) {
  const tokens = `${answer.toLocaleString("en")} ${answer === 1 ? "token" : "tokens"}`;
  return speed ? `${tokens} · ${speed.toFixed(1)} tok/s` : tokens;
}
