// An answer token by token. Colours say how probable each was; a pointer or the arrow keys show what else was likely.

import { element } from "../element.js";

const LEVELS = [0.9, 0.6, 0.3, 0.1]; // of probability, each with a colour

/** @param tokens [{text, logprob, top: [{text, logprob}]}] */
export function tokensView(tokens) {
  const spans = tokens.map(({ text, logprob }) => {
    const level = LEVELS.findIndex((least) => Math.exp(logprob) >= least);
    return element("span", { className: `level-${level < 0 ? LEVELS.length : level}` }, text);
  });
  const tip = element("div", { className: "tip", role: "status", hidden: true });
  const text = element("div", { className: "tokens", tabIndex: 0, role: "group", "aria-label": "Tokens. The arrow keys go from one to the next." }, ...spans);
  const view = element("div", { className: "probabilities" }, text, tip);
  let at = -1;

  function show(index) {
    spans[at]?.classList.remove("at");
    at = index;
    tip.hidden = !spans[at];
    if (tip.hidden) return;
    spans[at].classList.add("at");
    tip.replaceChildren(...rows(tokens[at]));
    place(tip, spans[at], view);
  }

  text.addEventListener("pointerover", (event) => show(spans.indexOf(event.target)));
  text.addEventListener("pointerleave", () => show(-1));
  text.addEventListener("blur", () => show(-1));
  text.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    show(Math.min(spans.length - 1, Math.max(0, at + step)));
  });
  return view;
}

function rows({ text, logprob, top }) {
  const others = top.filter((other) => other.text !== text);
  return [{ text, logprob }, ...others].map((token, index) => {
    const percent = Math.exp(token.logprob) * 100;
    const figure = percent >= 0.1 || percent === 0 ? `${percent.toFixed(1)} %` : "< 0.1 %";
    return element("p", { className: index ? "" : "chosen" }, element("code", {}, visible(token.text)), element("span", {}, figure));
  });
}

/** Spaces and line ends are tokens, too. */
function visible(text) {
  return text.replaceAll(" ", "␣").replaceAll("\n", "↵").replaceAll("\t", "⇥") || "∅";
}

function place(tip, span, view) {
  const box = span.getBoundingClientRect();
  const room = view.getBoundingClientRect();
  tip.style.top = `${box.bottom - room.top + 6}px`;
  tip.style.left = `${Math.max(0, Math.min(box.left - room.left, room.width - tip.offsetWidth))}px`;
}
