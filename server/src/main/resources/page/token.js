// The server's API token. The page asks for it when the server wants one, and keeps it.

const KEY = "llamastream.token";
const dialog = document.getElementById("token-dialog");
const form = dialog.querySelector("form");
const field = form.elements.token;

let asked; // while the dialog is open: whether there is a token now

/** The token, or "". */
export function token() {
  return localStorage.getItem(KEY) ?? "";
}

/** Runs the action; where the server refuses the token, asks for another and runs it again. */
export async function authorized(action) {
  for (;;) {
    const used = token();
    try {
      return await action();
    } catch (problem) {
      if (problem.status !== 401) throw problem;
      const renewed = token() !== used; // by another request, meanwhile
      if (!renewed && !(await askForToken())) throw problem;
    }
  }
}

/** Whether the person gave one. */
export function askForToken() {
  asked ??= new Promise((resolve) => {
    dialog.querySelector("#token-wrong").hidden = !token();
    field.value = "";
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "given"), { once: true });
  }).finally(() => (asked = undefined));
  return asked;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  localStorage.setItem(KEY, field.value.trim());
  dialog.close("given");
});
dialog.querySelector("#token-cancel").addEventListener("click", () => dialog.close());
