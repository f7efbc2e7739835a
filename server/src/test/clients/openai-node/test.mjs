// OpenAI's official client for Node.js.
import assert from "node:assert/strict";
import OpenAI from "openai";

const key = process.env.API_KEY;
const client = (variable, apiKey = key) =>
  new OpenAI({ baseURL: `${process.env[variable]}/v1`, apiKey, maxRetries: 0, timeout: 60_000 });
const base = client("BASE_URL");
const calling = client("TOOLS_URL");
const model = "tiny";
const messages = [{ role: "user", content: "Hi" }];
const saying = "Hello world!! Bye";
const weather = { name: "get_weather", parameters: {
  type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false } };

async function rejects(promise, type, check) {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
    check?.(error);
    return true;
  });
}

{
  const answer = await base.chat.completions.create({ model, messages });
  assert.equal(answer.choices[0].message.content, saying);
  assert.equal(answer.choices[0].finish_reason, "stop");
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  console.log("ok chat");
}

{
  const stream = await base.chat.completions.create({
    model, messages, stream: true, stream_options: { include_usage: true },
  });
  const pieces = [];
  let usage;
  let reason;
  for await (const chunk of stream) {
    const choice = chunk.choices[0];
    if (choice?.delta.content) pieces.push(choice.delta.content);
    reason = choice?.finish_reason ?? reason;
    usage = chunk.usage ?? usage;
  }
  assert.deepEqual(pieces, ["Hello", " wor", "ld", "!!", " Bye"]);
  assert.equal(reason, "stop");
  assert.ok(usage.prompt_tokens > 0);
  console.log("ok chat as a stream");
}

{
  // the client's own accumulation of a stream
  const runner = base.chat.completions.stream({ model, messages, logprobs: true, top_logprobs: 1, max_tokens: 2 });
  const answer = await runner.finalChatCompletion();
  assert.equal(answer.choices[0].message.role, "assistant");
  assert.equal(answer.choices[0].message.content, "Hello wor");
  assert.equal(answer.choices[0].finish_reason, "length");
  assert.deepEqual(answer.choices[0].logprobs.content.map((entry) => entry.token), ["Hello", " wor"]);
  console.log("ok probabilities");
}

{
  const tools = [{ type: "function", function: weather }];
  const whole = (await calling.chat.completions.create({ model, messages, tools })).choices[0];
  const streamed = (await calling.chat.completions.stream({ model, messages, tools }).finalChatCompletion()).choices[0];
  for (const choice of [whole, streamed]) {
    const [call] = choice.message.tool_calls;
    assert.equal(choice.message.tool_calls.length, 1);
    assert.equal(call.type, "function");
    assert.equal(call.function.name, "get_weather");
    assert.deepEqual(JSON.parse(call.function.arguments), { city: "Paris" });
    assert.equal(choice.finish_reason, "tool_calls");
    assert.ok(!choice.message.content);
    // what was received is sent back with the result
    const result = { role: "tool", tool_call_id: call.id, content: "Sunny" };
    await calling.chat.completions.create({ model, messages: [...messages, choice.message, result], tools, max_tokens: 1 });
  }
  console.log("ok tools");
  console.log("ok tools as a stream");
}

{
  const answer = await base.responses.create({ model, input: "Hi", instructions: "Be brief." });
  assert.equal(answer.output_text, saying);
  assert.equal(answer.status, "completed");
  assert.equal(answer.usage.total_tokens, answer.usage.input_tokens + answer.usage.output_tokens);
  const counted = await base.responses.inputTokens.count({ model, input: "Hi", instructions: "Be brief." });
  assert.equal(counted.input_tokens, answer.usage.input_tokens);
  console.log("ok responses");
  await rejects(base.responses.create({ model, input: "Hi", previous_response_id: answer.id }), OpenAI.BadRequestError,
    (error) => assert.equal(error.param, "previous_response_id"));
  console.log("no responses that the server keeps");
}

{
  // the client checks the order of the events as it accumulates them
  const stream = base.responses.stream({ model, input: [{ role: "user", content: "Hi" }], max_output_tokens: 3 });
  const snapshots = [];
  stream.on("response.output_text.delta", (event) => snapshots.push(event.snapshot));
  let next = 0;
  stream.on("event", (event) => assert.equal(event.sequence_number, next++));
  const answer = await stream.finalResponse();
  assert.deepEqual(snapshots, ["Hello", "Hello wor", "Hello world"]);
  assert.equal(answer.output_text, "Hello world");
  assert.equal(answer.status, "incomplete");
  assert.equal(answer.incomplete_details.reason, "max_output_tokens");
  console.log("ok responses as a stream");
}

{
  const schema = { type: "object", properties: { city: { type: "string" }, degrees: { type: "integer" } },
    required: ["city", "degrees"], additionalProperties: false };
  const text = { format: { type: "json_schema", name: "weather", strict: true, schema } };
  const whole = await client("JSON_URL").responses.create({ model, input: "Hi", text });
  const streamed = await client("JSON_URL").responses.stream({ model, input: "Hi", text }).finalResponse();
  for (const answer of [whole, streamed]) {
    assert.deepEqual(JSON.parse(answer.output_text), { city: "Paris", degrees: 21 });
  }
  console.log("ok responses with JSON by a schema");
}

{
  const tools = [{ type: "function", strict: true, ...weather }];
  const input = [{ role: "user", content: "Hi" }];
  const whole = await calling.responses.parse({ model, input, tools });
  const streamed = await calling.responses.stream({ model, input, tools }).finalResponse();
  for (const answer of [whole, streamed]) {
    assert.deepEqual(answer.output.map((item) => item.type), ["reasoning", "function_call"]);
    const [reasoning, call] = answer.output;
    assert.equal(reasoning.content[0].text.trim(), "Hm.");
    assert.equal(call.name, "get_weather");
    assert.deepEqual(JSON.parse(call.arguments), { city: "Paris" });
    assert.ok(answer.usage.output_tokens_details.reasoning_tokens > 0);
    // what was received is sent back with the result
    const result = { type: "function_call_output", call_id: call.call_id, output: "Sunny" };
    await calling.responses.create({ model, input: [...input, ...answer.output, result], tools, max_output_tokens: 1 });
  }
  console.log("ok responses with tools and thinking");
}

{
  const answer = await base.completions.create({ model, prompt: "Hi", stop: ["!"] });
  assert.equal(answer.choices[0].text, "Hello world");
  let text = "";
  for await (const chunk of await base.completions.create({ model, prompt: "Hi", stream: true })) {
    text += chunk.choices[0].text;
  }
  assert.equal(text, saying);
  console.log("ok completions");
}

{
  const ids = [];
  for await (const entry of base.models.list()) ids.push(entry.id);
  assert.deepEqual(ids, [model]);
  assert.equal((await base.models.retrieve(model)).object, "model");
  await rejects(base.models.retrieve("gpt-4o"), OpenAI.NotFoundError,
    (error) => assert.equal(error.code, "model_not_found"));
  console.log("ok models");
}

{
  // the client asks for base64 by itself, and for floats when told to
  const input = ["one", "two"];
  const encoded = await base.embeddings.create({ model, input });
  const plain = await base.embeddings.create({ model, input, encoding_format: "float" });
  assert.equal(encoded.data.length, 2);
  encoded.data.forEach((entry, i) => {
    assert.equal(entry.embedding.length, plain.data[i].embedding.length);
    entry.embedding.forEach((value, k) => assert.ok(Math.abs(value - plain.data[i].embedding[k]) < 1e-6));
  });
  console.log("ok embeddings");
}

{
  await rejects(base.chat.completions.create({ model, messages, temperature: -1 }), OpenAI.BadRequestError, (error) => {
    assert.equal(error.status, 400);
    assert.equal(error.param, "temperature");
    assert.equal(error.type, "invalid_request_error");
    assert.match(error.message, /temperature/);
  });
  // refused before the stream begins
  await rejects(base.chat.completions.create({ model, messages: [], stream: true }), OpenAI.BadRequestError);
  const stranger = client("BASE_URL", "wrong");
  await rejects(stranger.models.list(), OpenAI.AuthenticationError, (error) => assert.equal(error.status, 401));
  await rejects(stranger.chat.completions.create({ model, messages, stream: true }), OpenAI.AuthenticationError);
  console.log("ok errors");
  await rejects(base.images.generate({ prompt: "x" }), OpenAI.NotFoundError);
  console.log("no images");
}

{
  const endless = client("ENDLESS_URL");
  const controller = new AbortController();
  const stream = await endless.chat.completions.create({ model, messages, stream: true }, { signal: controller.signal });
  let chunks = 0;
  for await (const chunk of stream) {
    assert.equal(chunk.choices.length, 1);
    if (++chunks === 10) controller.abort();
  }
  assert.ok(chunks >= 10 && chunks < 1000, `${chunks} chunks`);
  // leaving the loop closes the connection too
  for await (const chunk of await endless.chat.completions.create({ model, messages, stream: true })) {
    assert.equal(chunk.object, "chat.completion.chunk");
    break;
  }
  // before there is an answer
  await rejects(
    endless.chat.completions.create({ model, messages }, { signal: AbortSignal.timeout(100) }), OpenAI.APIUserAbortError);
  // this process is there still: it is the abort that ends the streams
  const slots = async () => (await fetch(`${process.env.ENDLESS_URL}/slots`, { headers: { Authorization: `Bearer ${key}` } })).json();
  while ((await slots()).some((slot) => slot.is_processing)) await new Promise((resolve) => setTimeout(resolve, 10));
  console.log("ok streams that the client aborts");
}
