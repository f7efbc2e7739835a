// The two ways to a stream of tokens. Each takes a request, the server's token (or ""), and a sink with token(text), done(end) and
// failed(problem); each returns a function that stops the stream. After that, after done and after failed the sink hears nothing more.

/** What went wrong, in words for the person who reads. `status` is HTTP's, 0 where there was none. */
export class Problem extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

const UNREACHABLE = "The server cannot be reached. Is it running?";
const LOST = "The connection to the server was lost.";

/** `POST /stream`, answered by server-sent events. */
export function overHttp(request, key, sink) {
  const abort = new AbortController();
  readEvents(request, key, abort.signal, sink).catch((problem) => {
    if (!abort.signal.aborted) sink.failed(problem);
  });
  return () => abort.abort();
}

async function readEvents(request, key, signal, sink) {
  const response = await ask("stream", key, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(request),
    signal,
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let ended = false;
  for (;;) {
    const { value, done } = await reader.read().catch(() => {
      if (ended) return { done: true };
      throw new Problem(LOST);
    });
    if (done) break;
    const frames = (rest + value).split("\n\n");
    rest = frames.pop();
    for (const frame of frames) {
      if (!ended) ended = takeFrame(frame, sink);
    }
  }
  if (!ended) throw new Problem(LOST);
}

/** Whether the frame was the last. */
function takeFrame(frame, sink) {
  let event = "message";
  const data = [];
  for (const line of frame.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    if (line.startsWith("data:")) data.push(line.slice(5));
  }
  if (data.length === 0) return false; // a heartbeat
  const message = JSON.parse(data.join("\n"));
  if (event === "error") throw new Problem(words(message));
  if (message.token) sink.token(message.token);
  if (message.done) sink.done(message);
  return message.done;
}

/** A fetch that fails with a Problem, whatever the reason. */
async function ask(path, key, options = {}) {
  const headers = { ...options.headers };
  if (key) headers.Authorization = `Bearer ${key}`;
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

/** The message in an error body, whichever shape it has. */
function words(body, otherwise = "The server reported an error.") {
  const text = body?.error?.message ?? body?.message ?? body?.error;
  if (typeof text !== "string" || text === "") return otherwise;
  const sentence = text[0].toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

let socket; // opened at the first use, shared by all requests of this page
let requests = 0;
const sinks = new Map();

/** One request among others on `/ws`. */
export function overSocket(request, key, sink) {
  const id = String(++requests);
  sinks.set(id, sink);
  const mine = socket ?? connect(key);
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

function connect(key) {
  // A script cannot set a header here, so the token goes as a subprotocol.
  const protocols = key ? ["llamastream", `bearer.${base64Url(key)}`] : ["llamastream"];
  const opened = new WebSocket(new URL("ws", location.href.replace(/^http/, "ws")), protocols);
  let welcome = false;
  opened.addEventListener("open", () => (welcome = true));
  opened.addEventListener("message", (event) => takeMessage(JSON.parse(event.data)));
  opened.addEventListener("close", async () => {
    if (socket === opened) socket = undefined;
    const orphans = [...sinks.keys()];
    const problem = welcome ? new Problem(LOST) : await whyRefused(key);
    for (const id of orphans) {
      const sink = sinks.get(id);
      if (sinks.delete(id)) sink.failed(problem); // else it was stopped meanwhile
    }
  });
  socket = opened;
  return opened;
}

/** A browser does not tell a script why a WebSocket was refused; the same server says it over HTTP. */
async function whyRefused(key) {
  try {
    await ask("ws", key);
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
