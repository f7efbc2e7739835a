// The panel with the system prompt and the samplers. Each conversation has its own; a new one begins with those that were set last. What
// is empty is not sent, so the server's defaults hold.

const KEY = "llamastream.settings";

export class Settings {
  #form;

  /** @param changed called with all settings after each change */
  constructor(form, changed) {
    this.#form = form;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      if (event.target.name === "appearance") return;
      this.#checkTools();
      const settings = this.#read();
      localStorage.setItem(KEY, JSON.stringify(settings));
      changed(settings);
    });
  }

  /** Those that were set last. */
  static last() {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  }

  show(settings) {
    for (const field of this.#fields()) {
      const value = settings[field.name] ?? "";
      if (field.type === "checkbox") field.checked = Boolean(value);
      else field.value = value;
    }
    this.#checkTools();
  }

  get valid() {
    return this.#form.checkValidity();
  }

  /** Shows the person what is not valid. */
  report() {
    this.#form.reportValidity();
  }

  #read() {
    const set = this.#fields().map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]);
    return Object.fromEntries(set.filter(([, value]) => value));
  }

  #fields() {
    return [...this.#form.elements].filter((field) => field.name && field.name !== "appearance");
  }

  #checkTools() {
    const field = this.#form.elements.tools;
    let valid = true;
    try {
      valid = !field.value || Array.isArray(JSON.parse(field.value));
    } catch {
      valid = false;
    }
    field.setCustomValidity(valid ? "" : "A list of tools in JSON, as in OpenAI’s API.");
    field.ariaInvalid = String(!valid);
  }
}
