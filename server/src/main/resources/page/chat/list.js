import { element, iconButton } from "../element.js";
import { mentions } from "./conversation.js";

const DAY = 24 * 60 * 60 * 1000;

/** The conversations at the side. */
export class ConversationList {
  #root;
  #search;
  #act;
  #conversations = [];
  #current;

  constructor(root, search, act) {
    this.#root = root;
    this.#search = search;
    this.#act = act;
    search.addEventListener("input", () => this.#draw());
  }

  /** @param conversations the newest first; @param current the id of the one that is shown */
  show(conversations, current) {
    this.#conversations = conversations;
    this.#current = current;
    this.#draw();
  }

  #draw() {
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.#conversations.filter((conversation) => mentions(conversation, words));
    const groups = Map.groupBy(found, (conversation) => age(conversation.updated));
    this.#root.replaceChildren(
      ...[...groups].flatMap(([name, group]) => [
        element("h2", {}, name),
        element("ul", {}, ...group.map((conversation) => this.#item(conversation))),
      ]),
    );
    if (found.length === 0) this.#root.append(element("p", {}, words.length ? "Nothing found." : "No conversations yet."));
  }

  #item(conversation) {
    const link = element("a", { href: `#${conversation.id}`, title: conversation.title, onclick: this.#act.chosen }, conversation.title);
    if (conversation.id === this.#current) link.ariaCurrent = "page";
    const item = element("li", {}, link);
    item.append(
      iconButton("edit", `Rename ${conversation.title}`, () => this.#rename(conversation, item)),
      iconButton("delete", `Delete ${conversation.title}`, () => this.#act.remove(conversation)),
    );
    return item;
  }

  #rename(conversation, item) {
    const field = element("input", { value: conversation.title, maxLength: 200, "aria-label": "New title" });
    const end = (title) => {
      field.onblur = null; // it comes with the field's end
      if (title) this.#act.rename(conversation, title);
      this.#draw();
      this.#root.querySelector(`a[href="#${conversation.id}"]`)?.focus();
    };
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter") end(field.value.trim());
      if (event.key === "Escape") {
        event.stopPropagation();
        end();
      }
    });
    field.onblur = () => end(field.value.trim());
    item.replaceChildren(field);
    field.select();
  }
}

function age(time) {
  const today = new Date().setHours(0, 0, 0, 0);
  if (time >= today) return "Today";
  if (time >= today - DAY) return "Yesterday";
  if (time >= today - 7 * DAY) return "Last 7 days";
  return "Earlier";
}
