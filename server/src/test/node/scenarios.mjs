// What the official client of OpenAI's API sees: node scenarios.mjs NAME URL KEY. Fails with an exit status.
import assert from "node:assert/strict";
import OpenAI from "openai";

const [name, url, key] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, timeout: 60_000 });
const messages = [{ role: "user", content: "Hi" }];
const model = "tiny";
const saying = "Hello world!! Bye";

async function rejects(promise, type, check) {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
    check?.(error);
    return true;
  });
}

const scenarios = {
  async chat() {
    const answer = await client.chat.completions.create({ model, messages });
    assert.equal(answer.choices[0].message.content, saying);
    assert.equal(answer.choices[0].finish_reason, "stop");
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  },

  async chatStream() {
    const stream = await client.chat.completions.create({
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
  },

  // the client's own accumulation of a stream
  async chatRunner() {
    const runner = client.chat.completions.stream({ model, messages, logprobs: true, top_logprobs: 1, max_tokens: 2 });
    const answer = await runner.finalChatCompletion();
    assert.equal(answer.choices[0].message.role, "assistant");
    assert.equal(answer.choices[0].message.content, "Hello wor");
    assert.equal(answer.choices[0].finish_reason, "length");
    assert.deepEqual(answer.choices[0].logprobs.content.map((entry) => entry.token), ["Hello", " wor"]);
  },

  // of a model that thinks and then calls a tool, whatever it is asked
  async tools() {
    const tools = [{ type: "function", function: { name: "get_weather", parameters: {
      type: "object", properties: { city: { type: "string" } }, required: ["city"] } } }];
    const whole = (await client.chat.completions.create({ model, messages, tools })).choices[0];
    const streamed = (await client.chat.completions.stream({ model, messages, tools }).finalChatCompletion()).choices[0];
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
      await client.chat.completions.create({ model, messages: [...messages, choice.message, result], tools, max_tokens: 1 });
    }
  },

  async responses() {
    const answer = await client.responses.create({ model, input: "Hi", instructions: "Be brief." });
    assert.equal(answer.output_text, saying);
    assert.equal(answer.status, "completed");
    assert.equal(answer.usage.total_tokens, answer.usage.input_tokens + answer.usage.output_tokens);
    await rejects(client.responses.create({ model, input: "Hi", previous_response_id: answer.id }), OpenAI.BadRequestError,
      (error) => assert.equal(error.param, "previous_response_id"));
  },

  // the client checks the order of the events as it accumulates them
  async responsesStream() {
    const stream = client.responses.stream({ model, input: [{ role: "user", content: "Hi" }], max_output_tokens: 3 });
    const snapshots = [];
    stream.on("response.output_text.delta", (event) => snapshots.push(event.snapshot));
    let next = 0;
    stream.on("event", (event) => assert.equal(event.sequence_number, next++));
    const answer = await stream.finalResponse();
    assert.deepEqual(snapshots, ["Hello", "Hello wor", "Hello world"]);
    assert.equal(answer.output_text, "Hello world");
    assert.equal(answer.status, "incomplete");
    assert.equal(answer.incomplete_details.reason, "max_output_tokens");
  },

  async responsesFormat() {
    const schema = { type: "object", properties: { city: { enum: ["Paris"] } }, required: ["city"], additionalProperties: false };
    const text = { format: { type: "json_schema", name: "place", strict: true, schema } };
    // of the white space that may be anywhere, none
    const options = { model, input: "Hi", text, temperature: 0, logit_bias: { 12: false, 13: false, 35: false, 259: false } };
    const whole = await client.responses.create(options);
    const streamed = await client.responses.stream(options).finalResponse();
    for (const answer of [whole, streamed]) {
      assert.deepEqual(JSON.parse(answer.output_text), { city: "Paris" });
    }
  },

  // of a model that thinks and then calls a tool, whatever it is asked
  async responsesTools() {
    const tools = [{ type: "function", name: "get_weather", strict: true, parameters: {
      type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false } }];
    const input = [{ role: "user", content: "Hi" }];
    const whole = await client.responses.parse({ model, input, tools });
    const streamed = await client.responses.stream({ model, input, tools }).finalResponse();
    for (const answer of [whole, streamed]) {
      assert.deepEqual(answer.output.map((item) => item.type), ["reasoning", "function_call"]);
      const [reasoning, call] = answer.output;
      assert.equal(reasoning.content[0].text.trim(), "Hm.");
      assert.equal(call.name, "get_weather");
      assert.deepEqual(JSON.parse(call.arguments), { city: "Paris" });
      assert.ok(answer.usage.output_tokens_details.reasoning_tokens > 0);
      // what was received is sent back with the result
      const result = { type: "function_call_output", call_id: call.call_id, output: "Sunny" };
      await client.responses.create({ model, input: [...input, ...answer.output, result], tools, max_output_tokens: 1 });
    }
  },

  async completion() {
    const answer = await client.completions.create({ model, prompt: "Hi", stop: ["!"] });
    assert.equal(answer.choices[0].text, "Hello world");
    let text = "";
    for await (const chunk of await client.completions.create({ model, prompt: "Hi", stream: true })) {
      text += chunk.choices[0].text;
    }
    assert.equal(text, saying);
  },

  async models() {
    const ids = [];
    for await (const entry of client.models.list()) ids.push(entry.id);
    assert.deepEqual(ids, [model]);
    assert.equal((await client.models.retrieve(model)).object, "model");
    await rejects(client.models.retrieve("gpt-4o"), OpenAI.NotFoundError,
      (error) => assert.equal(error.code, "model_not_found"));
  },

  // the client asks for base64 by itself, and for floats when told to
  async embeddings() {
    const input = ["one", "two"];
    const encoded = await client.embeddings.create({ model, input });
    const plain = await client.embeddings.create({ model, input, encoding_format: "float" });
    assert.equal(encoded.data.length, 2);
    encoded.data.forEach((entry, i) => {
      assert.equal(entry.embedding.length, plain.data[i].embedding.length);
      entry.embedding.forEach((value, k) => assert.ok(Math.abs(value - plain.data[i].embedding[k]) < 1e-6));
    });
  },

  async badRequest() {
    await rejects(client.chat.completions.create({ model, messages, temperature: -1 }), OpenAI.BadRequestError, (error) => {
      assert.equal(error.status, 400);
      assert.equal(error.param, "temperature");
      assert.equal(error.type, "invalid_request_error");
      assert.match(error.message, /temperature/);
    });
    // refused before the stream begins
    await rejects(client.chat.completions.create({ model, messages: [], stream: true }), OpenAI.BadRequestError);
  },

  async authentication() {
    const stranger = new OpenAI({ baseURL: `${url}/v1`, apiKey: "wrong", maxRetries: 0 });
    await rejects(stranger.models.list(), OpenAI.AuthenticationError, (error) => assert.equal(error.status, 401));
    await rejects(stranger.chat.completions.create({ model, messages, stream: true }), OpenAI.AuthenticationError);
  },

  async notFound() {
    await rejects(client.images.generate({ prompt: "x" }), OpenAI.NotFoundError);
  },

  // of an endless answer
  async abort() {
    const controller = new AbortController();
    const stream = await client.chat.completions.create({ model, messages, stream: true }, { signal: controller.signal });
    let chunks = 0;
    for await (const chunk of stream) {
      assert.equal(chunk.choices.length, 1);
      if (++chunks === 10) controller.abort();
    }
    assert.ok(chunks >= 10 && chunks < 1000, `${chunks} chunks`);
    // leaving the loop closes the connection too
    for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
      assert.equal(chunk.object, "chat.completion.chunk");
      break;
    }
    // before there is an answer
    await rejects(
      client.chat.completions.create({ model, messages }, { signal: AbortSignal.timeout(100) }), OpenAI.APIUserAbortError);
    console.log("aborted");
    // so that the connections that are open now are the server's to close
    await new Promise((resolve) => process.stdin.once("data", resolve));
    process.stdin.destroy();
  },

  // the server ends while it streams
  async failure() {
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    const reading = (async () => {
      let chunks = 0;
      for await (const chunk of stream) {
        assert.equal(chunk.choices.length, 1);
        if (++chunks === 3) console.log("streaming");
      }
    })();
    await rejects(reading, OpenAI.APIError, (error) => {
      assert.equal(error.type, "server_error");
      assert.equal(error.code, "shutting_down");
    });
  },
};

assert.ok(scenarios[name], `no scenario ${name}`);
await scenarios[name]();
