import { element } from "../element.js";

/** The tools that the model calls. Where an answer waits for results, each has a field for its own. */
export class Calls {
  #send;
  #shown = "";

  /** @param send called with the results' texts, in the calls' order */
  constructor(send) {
    this.#send = send;
    this.element = element("form", { className: "calls" });
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send([...this.element.querySelectorAll("textarea")].map((field) => field.value));
    });
  }

  set(calls = [], waiting = false) {
    const state = JSON.stringify([calls, waiting]);
    if (state === this.#shown) return;
    this.#shown = state;
    this.element.replaceChildren(...calls.map((call) => callView(call, waiting)));
    if (waiting) this.element.append(element("button", { className: "primary" }, calls.length > 1 ? "Send results" : "Send result"));
  }
}

function callView({ name, arguments: given }, waiting) {
  const view = element(
    "details",
    { open: waiting },
    element("summary", {}, "Calls ", element("code", {}, name)),
    element("pre", { tabIndex: 0, role: "group", "aria-label": `Arguments of ${name}` }, indented(given)),
  );
  if (waiting) view.append(element("label", {}, "Result", element("textarea", { rows: 2, required: true })));
  return view;
}

function indented(json) {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json; // not all of it is there
  }
}

/** What a tool answered. */
export class ToolMessage {
  constructor({ toolName, content }) {
    this.element = element(
      "article",
      { className: "message tool" },
      element("h2", { className: "unseen" }, "Tool"),
      element("details", {}, element("summary", {}, "Result of ", element("code", {}, toolName)), element("pre", { tabIndex: 0, role: "group", "aria-label": "Result" }, content)),
    );
  }

  update() {}
}
