import { element, icon } from "./element.js";

/** A button that copies a text, and says that it did. */
export function copyButton(text) {
  const label = element("span", {}, "Copy");
  const button = element("button", { type: "button", className: "quiet copy", title: "Copy" }, icon("copy"), label);
  const show = (name, picture) => {
    label.textContent = name;
    button.querySelector("use").setAttribute("href", `#icon-${picture}`);
  };
  button.addEventListener("click", async () => {
    await copy(text());
    show("Copied", "check");
    setTimeout(() => show("Copy", "copy"), 1500);
  });
  return button;
}

/** Without HTTPS, a browser has the clipboard's interface only for pages of its own machine. */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = element("textarea", { value: text, className: "unseen" });
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
