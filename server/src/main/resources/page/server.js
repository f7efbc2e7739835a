// Requests to the server that this page comes from.

import { token } from "./token.js";

/** What went wrong, in words for the person who reads. `status` is HTTP's, 0 where there was none. */
export class Problem extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

const UNREACHABLE = "The server cannot be reached. Is it running?";
export const LOST = "The connection to the server was lost.";

/** A fetch that fails with a Problem, whatever the reason. */
export async function ask(path, options = {}) {
  const headers = { ...options.headers };
  if (token()) headers.Authorization = `Bearer ${token()}`;
  let response;
  try {
    response = await fetch(path, { ...options, headers, cache: "no-store" });
  } catch {
    throw new Problem(UNREACHABLE);
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  const wait = Number.parseInt(response.headers.get("Retry-After"), 10);
  const later = wait > 0 ? ` Try again in ${wait} ${wait === 1 ? "second" : "seconds"}.` : "";
  throw new Problem(words(body, `The server answered ${response.status}.`) + later, response.status);
}

/** The same with a JSON body. */
export function post(path, body, signal) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });
}

/** The message in an error body, whichever shape it has. */
export function words(body, otherwise = "The server reported an error.") {
  const text = body?.error?.message ?? body?.message ?? body?.error;
  if (typeof text !== "string" || text === "") return otherwise;
  const sentence = text[0].toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
