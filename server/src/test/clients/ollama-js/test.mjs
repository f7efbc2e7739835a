// Ollama's official client for JavaScript.

import assert from "node:assert/strict";
import { Ollama } from "ollama";

const MESSAGES = [{ role: "user", content: "Hi" }];
const PIECES = ["Hello", " wor", "ld", "!!", " Bye"];
const ASK = { model: "tiny", messages: MESSAGES };
const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Says what the weather is",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

const client = (variable, key = process.env.API_KEY) =>
  new Ollama({ host: process.env[variable], headers: { Authorization: `Bearer ${key}` } });

async function all(stream) {
  const lines = [];
  for await (const line of stream) {
    lines.push(line);
  }
  return lines;
}

const base = client("BASE_URL");
let answer = await base.chat(ASK);
assert.equal(answer.message.content, "Hello world!! Bye");
assert.equal(answer.done_reason, "stop");
assert.equal(answer.eval_count, 5);
console.log("ok chat");

let lines = await all(await base.chat({ ...ASK, model: "tiny:latest", stream: true }));
assert.deepEqual(lines.map((line) => line.message.content).filter((text) => text), PIECES);
assert.equal(lines.at(-1).done, true);
console.log("ok chat as a stream");

answer = await base.generate({ model: "tiny", prompt: "Hi", options: { num_predict: 2 } });
assert.equal(answer.response, "Hello wor");
assert.equal(answer.done_reason, "length");
answer = await base.generate({ model: "tiny", prompt: "Hi", context: answer.context });
assert.match(answer.response, /Bye$/);
console.log("ok generate with options and a context");

lines = await all(await base.generate({ model: "tiny", prompt: "Hi", raw: true, stream: true }));
assert.deepEqual(lines.map((line) => line.response).filter((text) => text), PIECES);
console.log("ok generate as a stream");

answer = await client("TOOLS_URL").chat({ ...ASK, tools: [WEATHER], think: true });
assert.equal(answer.message.thinking, "Hm.");
const call = answer.message.tool_calls[0].function;
assert.deepEqual([call.name, call.arguments], ["get_weather", { city: "Paris" }]);
const result = { role: "tool", tool_name: call.name, content: "Sunny" };
await client("TOOLS_URL").chat({
  model: "tiny",
  messages: [...MESSAGES, answer.message, result],
  tools: [WEATHER],
  options: { num_predict: 1 },
});
console.log("ok tools and thinking");

lines = await all(await client("TOOLS_URL").chat({ ...ASK, tools: [WEATHER], stream: true }));
const calls = lines.flatMap((line) => line.message.tool_calls ?? []);
assert.deepEqual(calls.map((one) => one.function.arguments), [{ city: "Paris" }]);
console.log("ok tools as a stream");

const schema = {
  type: "object",
  properties: { city: { type: "string" }, degrees: { type: "integer" } },
  required: ["city", "degrees"],
};
answer = await client("JSON_URL").chat({ ...ASK, format: schema, think: false });
assert.deepEqual(JSON.parse(answer.message.content), { city: "Paris", degrees: 21 });
console.log("ok JSON by a schema");

const embedded = await base.embed({ model: "tiny", input: ["one", "two"] });
assert.equal(embedded.embeddings.length, 2);
const old = await base.embeddings({ model: "tiny", prompt: "two" });
assert.deepEqual(old.embedding, embedded.embeddings[1]);
console.log("ok embeddings");

assert.equal((await base.list()).models[0].name, "tiny");
assert.ok((await base.ps()).models[0].context_length > 0);
assert.ok((await base.show({ model: "tiny" })).capabilities.includes("completion"));
assert.match((await base.version()).version, /^\d+\.\d+\.\d+$/);
console.log("ok models");

for (const [status, request] of [
  [400, () => base.chat({ ...ASK, options: { temperature: -1 } })],
  [401, () => client("BASE_URL", "wrong").chat(ASK)],
  [403, () => base.pull({ model: "tiny" })],
  [403, () => base.delete({ model: "tiny" })],
]) {
  await assert.rejects(request, (error) => error.status_code === status && error.message.length > 0);
}
console.log("ok errors");

const stream = await client("ENDLESS_URL").chat({ ...ASK, stream: true });
for await (const line of stream) {
  assert.equal(line.done, false);
  break;
}
stream.abort();
console.log("ok aborting a stream");
