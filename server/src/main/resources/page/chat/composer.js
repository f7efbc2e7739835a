/** The box. Enter sends, Shift+Enter breaks the line. While an answer comes, its button stops it. */
export class Composer {
  #field;
  #button;
  #running = false;

  constructor(form, { send, stop }) {
    this.#field = form.querySelector("textarea");
    this.#button = form.querySelector(".box button");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#running) stop();
      else this.#send(send);
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (!event.repeat && !this.#running) this.#send(send);
    });
    this.#field.addEventListener("input", () => this.#show());
    this.#show();
  }

  set running(running) {
    this.#running = running;
    this.#show();
  }

  /** Where there is a keyboard: elsewhere one would cover half of the screen. */
  focus() {
    if (!matchMedia("(pointer: coarse)").matches) this.#field.focus();
  }

  #send(send) {
    const text = this.#field.value;
    if (!text.trim() || !send(text)) return;
    this.#field.value = "";
    this.#show();
  }

  #show() {
    if (!CSS.supports("field-sizing", "content")) this.#field.rows = Math.min(10, this.#field.value.split("\n").length);
    const label = this.#running ? "Stop" : "Send";
    this.#button.ariaLabel = label;
    this.#button.title = label;
    this.#button.dataset.does = label.toLowerCase();
    this.#button.disabled = !this.#running && !this.#field.value.trim();
  }
}
