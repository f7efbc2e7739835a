import { copyButton } from "../copy.js";
import { element, iconButton } from "../element.js";
import { versionsView } from "./versions.js";

/** What the person said. It can be edited, which begins another branch. */
export class UserMessage {
  #message;
  #act;
  #bubble;
  #actions = element("footer", { className: "actions" });

  constructor(message, act) {
    this.#message = message;
    this.#act = act;
    this.#bubble = element("div", { className: "bubble" }, message.content);
    this.element = element("article", { className: "message user" }, element("h2", { className: "unseen" }, "You"), this.#bubble, this.#actions);
  }

  update({ versions }) {
    this.#actions.replaceChildren(
      versionsView(this.#message, versions, this.#act.show),
      copyButton(() => this.#message.content),
      iconButton("edit", "Edit", () => this.#edit()),
    );
  }

  #edit() {
    const field = element("textarea", { value: this.#message.content, "aria-label": "Edit your message" });
    const close = () => {
      form.replaceWith(this.#bubble);
      this.#actions.hidden = false;
    };
    const form = element(
      "form",
      { className: "edit" },
      field,
      element("button", { type: "button", onclick: close }, "Cancel"),
      element("button", { className: "primary" }, "Send"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!field.value.trim()) return;
      close();
      this.#act.edit(this.#message, field.value);
    });
    form.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") {
        event.stopPropagation();
        close();
      }
      if (event.key === "Enter" && !event.shiftKey && event.target === field) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    this.#bubble.replaceWith(form);
    this.#actions.hidden = true;
    field.focus();
  }
}
