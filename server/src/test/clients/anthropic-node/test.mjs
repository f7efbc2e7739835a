// Anthropic's official client for Node.js.
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";

const key = process.env.API_KEY;
const client = (variable, apiKey = key) =>
  new Anthropic({ baseURL: process.env[variable], apiKey, authToken: null, maxRetries: 0, timeout: 60_000 });
const model = "tiny";
const messages = [{ role: "user", content: "Hi" }];
const common = { model, messages, max_tokens: 100 };
const tools = [{ name: "get_weather", description: "The weather", input_schema: {
  type: "object", properties: { city: { type: "string" } }, required: ["city"] } }];

async function rejects(promise, type, check) {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
    check?.(error);
    return true;
  });
}

{
  const answer = await client("BASE_URL").messages.create({ ...common,
    system: [{ type: "text", text: "Be kind.", cache_control: { type: "ephemeral" } }], metadata: { user_id: "me" } });
  assert.deepEqual(answer.content.map((block) => block.text), ["Hello world!! Bye"]);
  assert.equal(answer.stop_reason, "end_turn");
  assert.ok(answer.usage.input_tokens + answer.usage.cache_read_input_tokens > 0);
  assert.match(answer._request_id, /^req_/);
  console.log("ok messages");
}

{
  const pieces = [];
  const stream = client("BASE_URL").messages.stream(common).on("text", (text) => pieces.push(text));
  const answer = await stream.finalMessage();
  assert.deepEqual(pieces, ["Hello", " wor", "ld", "!!", " Bye"]);
  assert.equal(answer.content[0].text, "Hello world!! Bye");
  assert.equal(answer.usage.output_tokens, 5);
  const types = [];
  for await (const event of await client("BASE_URL").messages.create({ ...common, stream: true })) types.push(event.type);
  assert.equal(types[0], "message_start");
  assert.equal(types.at(-1), "message_stop");
  console.log("ok messages as a stream");
}

{
  const answer = await client("BASE_URL").messages.create({ ...common, stop_sequences: ["!"] });
  assert.equal(answer.content[0].text, "Hello world");
  assert.equal(answer.stop_reason, "stop_sequence");
  assert.equal(answer.stop_sequence, "!");
  console.log("ok stop sequences");
}

{
  const ask = { ...common, tools, thinking: { type: "adaptive" } };
  const whole = await client("TOOLS_URL").messages.create(ask);
  const streamed = await client("TOOLS_URL").messages.stream(ask).finalMessage();
  for (const answer of [whole, streamed]) {
    const [thinking, call] = answer.content;
    assert.equal(thinking.thinking, "Hm.");
    assert.ok(thinking.signature);
    assert.equal(call.name, "get_weather");
    assert.deepEqual(call.input, { city: "Paris" });
    assert.equal(answer.stop_reason, "tool_use");
    // what was received is sent back with the result
    await client("TOOLS_URL").messages.create({ ...ask, messages: [...messages,
      { role: "assistant", content: answer.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: "Sunny" }] }] });
  }
  console.log("ok thinking");
  console.log("ok tools");
}

{
  const schema = { type: "object", properties: { city: { type: "string" }, degrees: { type: "integer" } },
    required: ["city", "degrees"], additionalProperties: false };
  const answer = await client("JSON_URL").messages.create({ ...common, output_config: { format: { type: "json_schema", schema } } });
  assert.deepEqual(JSON.parse(answer.content[0].text), { city: "Paris", degrees: 21 });
  console.log("ok JSON by a schema");
}

{
  const count = await client("BASE_URL").messages.countTokens({ model, messages, tools });
  assert.ok(count.input_tokens > 10, JSON.stringify(count));
  console.log("ok counting tokens");
}

{
  const ids = [];
  for await (const entry of client("BASE_URL").models.list()) ids.push(entry.id);
  assert.deepEqual(ids, [model]);
  assert.equal((await client("BASE_URL").models.retrieve(model)).type, "model");
  await rejects(client("BASE_URL").models.retrieve("none"), Anthropic.NotFoundError);
  console.log("ok models");
}

{
  await rejects(client("BASE_URL").messages.create({ ...common, max_tokens: -1 }), Anthropic.BadRequestError, (error) => {
    assert.equal(error.error.error.type, "invalid_request_error");
    assert.match(error.message, /max_tokens: -1/);
    assert.match(error.requestID, /^req_/);
  });
  await rejects(client("BASE_URL", "wrong").messages.create(common), Anthropic.AuthenticationError, (error) =>
    assert.equal(error.error.error.type, "authentication_error"));
  await rejects(client("BASE_URL").messages.batches.list(), Anthropic.NotFoundError);
  const bearer = new Anthropic({ baseURL: process.env.BASE_URL, apiKey: null, authToken: key });
  assert.equal((await bearer.messages.create(common)).type, "message");
  console.log("ok errors");
}

{
  const stream = client("ENDLESS_URL").messages.stream({ ...common, max_tokens: 1_000_000 });
  let events = 0;
  try {
    for await (const _ of stream) if (++events === 10) stream.abort();
  } catch (error) {
    assert.ok(error instanceof Anthropic.APIUserAbortError, String(error));
  }
  assert.ok(events >= 10);
  const controller = new AbortController();
  const whole = client("ENDLESS_URL").messages.create({ ...common, max_tokens: 5000 }, { signal: controller.signal });
  setTimeout(() => controller.abort(), 100);
  await rejects(whole, Anthropic.APIUserAbortError);
  console.log("ok streams that the client aborts");
}
