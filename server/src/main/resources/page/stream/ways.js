// The two ways to a stream of tokens. Each takes a request and a sink with token(text), done(end) and failed(problem); each returns a
// function that stops the stream. After that, after done and after failed the sink hears nothing more.

import { events } from "../events.js";
import { ask, LOST, post, Problem, words } from "../server.js";
import { token } from "../token.js";

/** `POST /stream`, answered by server-sent events. */
export function overHttp(request, sink) {
  const abort = new AbortController();
  readEvents(request, abort.signal, sink).catch((problem) => {
    if (!abort.signal.aborted) sink.failed(problem);
  });
  return () => abort.abort();
}

async function readEvents(request, signal, sink) {
  const response = await post("stream", request, signal);
  for await (const { event, data } of events(response)) {
    const message = JSON.parse(data);
    if (event === "error") throw new Problem(words(message));
    if (message.token) sink.token(message.token);
    if (message.done) return sink.done(message);
  }
  throw new Problem(LOST);
}

let socket; // opened at the first use, shared by all requests of this page
let requests = 0;
const sinks = new Map();

/** One request among others on `/ws`. */
export function overSocket(request, sink) {
  const id = String(++requests);
  sinks.set(id, sink);
  const mine = socket ?? connect();
  const send = (message) => mine.send(JSON.stringify(message));
  const start = () => {
    if (sinks.has(id)) send({ id, ...request });
  };
  if (mine.readyState === WebSocket.CONNECTING) mine.addEventListener("open", start);
  else start();
  return () => {
    if (sinks.delete(id) && mine.readyState === WebSocket.OPEN) send({ type: "cancel", id });
  };
}

function connect() {
  // A script cannot set a header here, so the token goes as a subprotocol.
  const protocols = token() ? ["llamastream", `bearer.${base64Url(token())}`] : ["llamastream"];
  const opened = new WebSocket(new URL("ws", location.href.replace(/^http/, "ws")), protocols);
  let welcome = false;
  opened.addEventListener("open", () => (welcome = true));
  opened.addEventListener("message", (event) => takeMessage(JSON.parse(event.data)));
  opened.addEventListener("close", async () => {
    if (socket === opened) socket = undefined;
    const orphans = [...sinks.keys()];
    const problem = welcome ? new Problem(LOST) : await whyRefused();
    for (const id of orphans) {
      const sink = sinks.get(id);
      if (sinks.delete(id)) sink.failed(problem); // else it was stopped meanwhile
    }
  });
  socket = opened;
  return opened;
}

/** A browser does not tell a script why a WebSocket was refused; the same server says it over HTTP. */
async function whyRefused() {
  try {
    await ask("ws");
  } catch (problem) {
    if ([0, 401, 429, 503].includes(problem.status)) return problem;
  }
  return new Problem("The server refused the WebSocket.");
}

function base64Url(text) {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function takeMessage(message) {
  const sink = sinks.get(message.id);
  if (!sink) return; // cancelled
  switch (message.type) {
    case "token":
      return sink.token(message.content);
    case "done":
      sinks.delete(message.id);
      return sink.done(message);
    case "error":
      sinks.delete(message.id);
      return sink.failed(new Problem(words(message)));
  }
}
