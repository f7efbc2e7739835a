import { events } from "../events.js";
import { LOST, post, Problem, words } from "../server.js";
import { authorized } from "../token.js";

/** An answer while it comes. What came is in its message, whatever happens then. */
export class Answer {
  #abort = new AbortController();
  #first = 0;
  #last = 0;

  constructor(message) {
    this.message = message;
  }

  /** Asks, and calls `changed` after each piece. Fails with a Problem. Afterwards the message says how it ended. */
  async run(request, changed) {
    const { message } = this;
    const { signal } = this.#abort;
    delete message.finish;
    try {
      const response = await authorized(() => post("v1/chat/completions", request, signal));
      await this.#read(response, changed);
    } catch (problem) {
      message.finish = signal.aborted ? "stopped" : "failed";
      if (!signal.aborted) throw problem;
    }
  }

  stop() {
    this.#abort.abort();
  }

  async #read(response, changed) {
    for await (const { data } of events(response)) {
      if (data === "[DONE]") return;
      const chunk = JSON.parse(data);
      if (chunk.error) throw new Problem(words(chunk));
      this.#take(chunk);
      changed();
    }
    throw new Problem(LOST);
  }

  #take({ model, usage, choices: [choice] }) {
    const { message } = this;
    message.model = model;
    if (usage) {
      message.usage = { prompt: usage.prompt_tokens, cached: usage.prompt_tokens_details?.cached_tokens ?? 0, answer: usage.completion_tokens };
      const seconds = (this.#last - this.#first) / 1000;
      if (seconds > 0.1 && usage.completion_tokens > 1) message.usage.speed = (usage.completion_tokens - 1) / seconds;
    }
    if (!choice) return;
    const { delta, logprobs } = choice;
    if (delta.content || delta.reasoning_content || delta.tool_calls) {
      this.#last = performance.now();
      this.#first ||= this.#last;
    }
    if (delta.content) message.content += delta.content;
    if (delta.reasoning_content) message.thinking = (message.thinking ?? "") + delta.reasoning_content;
    for (const part of delta.tool_calls ?? []) takeCall((message.toolCalls ??= []), part);
    if (logprobs?.content && !delta.reasoning_content) (message.tokens ??= []).push(...logprobs.content.map(tokenOf));
    if (choice.finish_reason) message.finish = choice.finish_reason;
  }
}

function takeCall(calls, part) {
  const call = (calls[part.index] ??= { id: "", name: "", arguments: "" });
  if (part.id) call.id = part.id;
  if (part.function?.name) call.name = part.function.name;
  call.arguments += part.function?.arguments ?? "";
}

function tokenOf({ token, logprob, top_logprobs: top }) {
  return { text: token, logprob, top: top.map((other) => ({ text: other.token, logprob: other.logprob })) };
}
