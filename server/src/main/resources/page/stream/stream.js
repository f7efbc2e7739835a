// The streaming demonstration: a prompt that the model goes on with, each token as it comes, and the time between them.

import { copyButton } from "../copy.js";
import { follow, followAgain } from "../follow.js";
import { askForToken } from "../token.js";
import { Chart } from "./chart.js";
import { Text } from "./text.js";
import { overHttp, overSocket } from "./ways.js";

const $ = (id) => document.getElementById(id);
const view = $("stream-view");
const form = $("ask");
const chart = new Chart($("chart"), $("chart-caption"));
const text = new Text($("text"), show);
const apple = /Mac|iPhone|iPad/.test(navigator.platform);

/** The stream on the page: {stop, started, first, last, tokens}; times as of performance.now(), 0 before there is one. */
let run;

const ENDS = {
  end_of_text: "The end",
  max_tokens: "Max tokens reached",
  context_full: "The context is full",
  timeout: "Out of time",
  cancelled: "Stopped",
};

function start() {
  stop();
  const prompt = $("prompt").value;
  const request = { prompt, max_tokens: $("max-tokens").valueAsNumber, temperature: $("temperature").valueAsNumber };
  const stream = form.elements.over.value === "socket" ? overSocket : overHttp;

  $("hint").hidden = true;
  $("report").hidden = true;
  $("problem").hidden = true;
  text.begin(prompt);
  chart.clear();
  for (const figure of ["first", "speed", "tokens", "time"]) $(figure).textContent = "";
  running(true, "Waiting for the first token");

  const mine = { started: performance.now(), first: 0, last: 0, tokens: 0, ticking: setInterval(showTime, 100) };
  run = mine;
  followAgain();
  mine.stop = stream(request, {
    token(piece) {
      const now = performance.now();
      if (mine.tokens++) chart.add(now - mine.last);
      else {
        mine.first = now;
        $("status").textContent = "Streaming";
      }
      mine.last = now;
      text.add(piece);
    },
    done({ finish_reason: reason, stats }) {
      end(ENDS[reason] ?? "Done", stats);
    },
    async failed(problem) {
      end("Failed");
      if (problem.status === 401 && (await askForToken())) return start();
      $("problem").textContent = problem.message;
      $("problem").hidden = false;
    },
  });
}

function stop() {
  if (!run) return;
  run.stop();
  end("Stopped");
}

function end(how, stats) {
  text.flush();
  showTime();
  clearInterval(run.ticking);
  const { tokens } = run;
  run = undefined;
  running(false, tokens ? `${how}: ${count(tokens, "token")}` : how);
  if (tokens === 0) return;
  const server = stats
    ? ` · prompt of ${count(stats.prompt_tokens, "token")}, ${stats.cached_prompt_tokens} cached · ${stats.tokens_per_second.toFixed(1)} tok/s in the model`
    : "";
  $("summary").textContent = how + server;
  $("report").hidden = false;
  follow();
}

function running(yes, status) {
  view.classList.toggle("running", yes);
  $("go").firstElementChild.textContent = yes ? "Stop" : "Stream";
  $("go").querySelector("kbd").textContent = yes ? "Esc" : apple ? "⌘↵" : "Ctrl ↵";
  $("status").textContent = status;
}

/** After each change of the text. */
function show() {
  if (!run) return;
  const { started, first, last, tokens } = run;
  if (tokens > 0) $("first").textContent = Math.round(first - started);
  if (tokens > 1) $("speed").textContent = ((1000 * (tokens - 1)) / (last - first)).toFixed(1);
  $("tokens").textContent = tokens || "";
  chart.draw();
  follow();
}

function showTime() {
  $("time").textContent = ((performance.now() - run.started) / 1000).toFixed(1);
}

function count(n, what) {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

addEventListener("keydown", (event) => {
  if (event.isComposing || view.hidden) return;
  if (event.key === "Escape") stop();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    if (!event.repeat && form.reportValidity()) start();
  }
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (run) stop();
  else start();
});

$("temperature").addEventListener("input", showTemperature);
function showTemperature() {
  $("temperature-value").textContent = $("temperature").valueAsNumber.toFixed(2);
}

$("report").append(copyButton(() => text.written));
running(false, "Ready");
showTemperature(); // a browser may have kept the last values

/** The person came here. */
export function showStream() {
  document.title = "Stream · llamastream";
  if (!matchMedia("(pointer: coarse)").matches) $("prompt").focus();
}
