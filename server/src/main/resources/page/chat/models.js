// Which model answers, and how much room it has.

import { element } from "../element.js";
import { ask } from "../server.js";
import { authorized } from "../token.js";

const KEY = "llamastream.model";

export class Models {
  #select;
  #rooms = new Map(); // tokens by name

  constructor(select, changed) {
    this.#select = select;
    select.addEventListener("change", () => {
      localStorage.setItem(KEY, select.value);
      changed();
    });
  }

  /** Asks the server; again when a model may have been loaded. Fails with a Problem. */
  async load() {
    const response = await authorized(() => ask("v1/models"));
    const { data } = await response.json();
    this.#rooms = new Map(data.map((model) => [model.id, model.meta?.n_ctx ?? 0]));
    const chosen = this.chosen || localStorage.getItem(KEY);
    this.#select.replaceChildren(...data.map(({ id }) => element("option", { value: id, textContent: id.split("/").at(-1), title: id })));
    this.choose(chosen);
    this.#select.parentElement.hidden = data.length === 0;
  }

  /** Its name; "" for the server's choice. */
  get chosen() {
    return this.#select.value;
  }

  /** Chooses it, if the server has it. */
  choose(name) {
    if (this.#rooms.has(name)) this.#select.value = name;
  }

  /** How many tokens a conversation with the chosen model may have; 0 if that is not known. */
  get room() {
    return this.#rooms.get(this.chosen) ?? 0;
  }
}
