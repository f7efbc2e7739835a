import { element } from "../element.js";
import { AssistantMessage } from "./assistant.js";
import { ToolMessage } from "./calls.js";
import { shown, versions } from "./conversation.js";
import { UserMessage } from "./user.js";

const VIEWS = { user: UserMessage, assistant: AssistantMessage, tool: ToolMessage };

/** The talk: the messages that are shown, and what went wrong. */
export class Transcript {
  #root;
  #act;
  #views = new Map(); // by message id

  constructor(root, act) {
    this.#root = root;
    this.#act = act;
  }

  /**
   * @param answering the message that is coming, if one is
   * @param problem the reason why an answer failed, if it did
   */
  show(conversation, answering, problem) {
    const messages = shown(conversation);
    const before = this.#views;
    this.#views = new Map(messages.map((message) => [message.id, before.get(message.id) ?? new VIEWS[message.role](message, this.#act)]));
    const elements = [...this.#views.values()].map((view) => view.element);
    if (problem) elements.push(problemView(problem, this.#act.retry));
    const same = elements.length === this.#root.childElementCount && elements.every((each, index) => each === this.#root.children[index]);
    if (!same) this.#root.replaceChildren(...elements); // which would take the focus away
    this.#root.classList.toggle("busy", Boolean(answering));
    messages.forEach((message, index) =>
      this.#views.get(message.id).update({
        running: message === answering,
        last: index === messages.length - 1,
        versions: versions(conversation, message),
      }),
    );
  }

  /** Forgets what it has shown: the messages are other objects now. */
  clear() {
    this.#views.clear();
    this.#root.replaceChildren();
  }

  /** So that the next key press can go to the next version. */
  focusVersions(message) {
    this.#views.get(message.id)?.element.querySelector(".versions button:enabled")?.focus();
  }

  /** More of the answer is there. */
  grow(message) {
    this.#views.get(message.id)?.update({ running: true });
  }
}

function problemView(problem, retry) {
  return element(
    "div",
    { className: "problem", role: "alert" },
    element("p", {}, problem.message),
    element("button", { type: "button", onclick: retry }, "Try again"),
  );
}
