import { element, iconButton } from "../element.js";

/** Where a message has several versions: which is shown, and the way to the others. */
export function versionsView(message, versions, show) {
  const view = element("span", { className: "versions" });
  if (versions.length < 2) return view;
  const at = versions.indexOf(message);
  const earlier = iconButton("left", "Earlier version", () => show(versions[at - 1]));
  const later = iconButton("right", "Later version", () => show(versions[at + 1]));
  earlier.disabled = at === 0;
  later.disabled = at === versions.length - 1;
  view.append(earlier, element("span", {}, `${at + 1} / ${versions.length}`), later);
  return view;
}
