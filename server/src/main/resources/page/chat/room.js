/** How full the context is. */
export class Room {
  #root;

  constructor(root) {
    this.#root = root;
  }

  /** @param used tokens; @param all how many there is room for, 0 if that is not known */
  show(used, all) {
    this.#root.hidden = used === 0;
    const meter = this.#root.querySelector("meter");
    meter.hidden = all === 0;
    meter.max = all || 1;
    meter.high = 0.9 * meter.max;
    meter.value = used;
    const figures = all ? `${used.toLocaleString("en")} of ${all.toLocaleString("en")} tokens` : `${used.toLocaleString("en")} tokens`;
    meter.title = figures;
    this.#root.querySelector("span").textContent = figures;
  }
}
