// A part at the side of the page. Where there is room for it, it stands beside the rest; otherwise it lies over the rest, which then rests.

export class Drawer {
  #panel;
  #buttons;
  #rest;
  #narrow;
  #open;

  /** @param narrow the media query of screens that have no room for it; @param open whether it is there at first where there is room */
  constructor(panel, buttons, rest, narrow, open) {
    this.#panel = panel;
    this.#buttons = buttons;
    this.#rest = rest;
    this.#narrow = matchMedia(narrow);
    this.#set(open && !this.#narrow.matches);
    this.#narrow.addEventListener("change", () => this.#set(open && !this.#narrow.matches));
    for (const button of buttons) button.addEventListener("click", () => this.toggle());
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#lies()) {
        event.stopPropagation();
        this.close();
      }
    });
    // a tap beside it
    document.addEventListener("pointerdown", (event) => {
      if (this.#lies() && !panel.contains(event.target) && !buttons.some((button) => button.contains(event.target))) this.close();
    });
  }

  toggle() {
    if (this.#open) this.close();
    else this.open();
  }

  open() {
    this.#set(true);
    this.#panel.querySelector("button, a, input, textarea")?.focus();
  }

  close() {
    const inside = this.#panel.contains(document.activeElement);
    this.#set(false);
    if (inside) this.#buttons.find((button) => button.checkVisibility() && !this.#panel.contains(button))?.focus();
  }

  /** Goes out of the way, if it is in the way. */
  giveWay() {
    if (this.#lies()) this.close();
  }

  #lies() {
    return this.#open && this.#narrow.matches;
  }

  #set(open) {
    this.#open = open;
    this.#panel.hidden = !open;
    for (const button of this.#buttons) button.setAttribute("aria-expanded", open);
    for (const part of this.#rest) part.inert = this.#lies();
    document.body.classList.toggle("dimmed", this.#lies());
  }
}
