import { element } from "./element.js";

const place = document.getElementById("toast");
let timer;

/** Says something for a while, with a button that does something about it if there is one: {label, run}. */
export function toast(text, action) {
  clearTimeout(timer);
  place.replaceChildren(text);
  if (action) {
    const run = () => {
      hide();
      action.run();
    };
    place.append(element("button", { type: "button", onclick: run }, action.label));
  }
  place.hidden = false;
  timer = setTimeout(hide, action ? 10_000 : 6_000);
}

function hide() {
  place.hidden = true;
  place.replaceChildren();
}
