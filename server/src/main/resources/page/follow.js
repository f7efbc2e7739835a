// Keeps the end of a growing page in view, as long as the person does not scroll away from it.

let following = true;

/** After a change of the page. */
export function follow() {
  if (following) scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

/** From now on, wherever the person is. */
export function followAgain() {
  follows(true);
  follow();
}

/** Calls the listener with whether the end is in view, whenever that may have changed. */
export function onFollowing(listener) {
  listeners.push(listener);
}

const listeners = [];

addEventListener("scroll", () => {
  follows(innerHeight + scrollY > document.documentElement.scrollHeight - 40);
});

function follows(yes) {
  following = yes;
  for (const listener of listeners) listener(yes);
}
