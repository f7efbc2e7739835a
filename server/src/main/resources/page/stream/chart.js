// Bars for the times between tokens, however many there are: when the room is used up, neighbours are merged and the slower one stays.

const ROOM = 120; // the view box's width
const GAP = 0.25;
const STALL = 4; // times the median

export class Chart {
  #svg;
  #caption;

  constructor(svg, caption) {
    this.#svg = svg;
    this.#caption = caption;
    this.clear();
  }

  clear() {
    this.bars = [];
    this.perBar = 1;
    this.inLast = 1;
    this.count = 0;
    this.sum = 0;
    this.slowest = 0;
    this.draw();
  }

  add(milliseconds) {
    this.count++;
    this.sum += milliseconds;
    this.slowest = Math.max(this.slowest, milliseconds);
    if (this.inLast < this.perBar) {
      this.inLast++;
      this.bars.push(Math.max(this.bars.pop(), milliseconds));
      return;
    }
    if (this.bars.length === ROOM) {
      this.bars = this.bars.flatMap((bar, i) => (i % 2 ? [] : [Math.max(bar, this.bars[i + 1])]));
      this.perBar *= 2;
    }
    this.bars.push(milliseconds);
    this.inLast = 1;
  }

  draw() {
    const median = this.bars.toSorted((a, b) => a - b)[this.bars.length >> 1];
    const top = Math.min(this.slowest, STALL * median) || this.slowest;
    let bars = "";
    let stalls = "";
    this.bars.forEach((bar, i) => {
      const height = Math.max(2, (100 * Math.min(bar, top)) / top);
      const path = `M${i} 100v-${height.toFixed(1)}h${1 - GAP}V100z`;
      if (bar > top) stalls += path;
      else bars += path;
    });
    this.#svg.querySelector(".bars").setAttribute("d", bars);
    this.#svg.querySelector(".stalls").setAttribute("d", stalls);
    this.#caption.textContent = this.count
      ? `Time between tokens: ${duration(this.sum / this.count)}, at most ${duration(this.slowest)}`
      : "Time between tokens";
  }
}

function duration(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}
