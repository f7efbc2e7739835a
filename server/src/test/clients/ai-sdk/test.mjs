// Vercel's AI SDK, as a client of a server that has OpenAI's API.
import assert from "node:assert/strict";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  APICallError, embedMany, generateObject, generateText, Output, stepCountIs, streamObject, streamText, tool,
} from "ai";
import { z } from "zod";

const PIECES = ["Hello", " wor", "ld", "!!", " Bye"];
const WEATHER = z.object({ city: z.string(), degrees: z.int() });
const PARIS = { city: "Paris", degrees: 21 };

const provider = (variable, apiKey = process.env.API_KEY) =>
  createOpenAICompatible({
    name: "llamastream",
    baseURL: `${process.env[variable]}/v1`,
    apiKey,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
const ask = (variable, fields) => ({ model: provider(variable)("tiny"), prompt: "Hi", maxRetries: 0, ...fields });

async function all(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

{
  const settings = { temperature: 0.5, seed: 1, maxOutputTokens: 100 };
  const answer = await generateText(ask("BASE_URL", { system: "Be kind.", ...settings }));
  assert.equal(answer.text, PIECES.join(""));
  assert.equal(answer.finishReason, "stop");
  assert.equal(answer.usage.outputTokens, 5);
  assert.deepEqual(answer.warnings, []);
  console.log("ok text");
}

{
  const answer = streamText(ask("BASE_URL"));
  assert.deepEqual(await all(answer.textStream), PIECES);
  assert.equal(await answer.finishReason, "stop");
  assert.equal((await answer.usage).outputTokens, 5);
  console.log("ok text as a stream");
}

{
  const answer = await generateText(ask("BASE_URL", { stopSequences: ["!"] }));
  assert.equal(answer.text, "Hello world");
  console.log("ok stop sequences");
}

{
  const get_weather = tool({
    description: "Says what the weather is",
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => `Sunny in ${city}`,
  });
  // the model calls the tool at each step
  const fields = { tools: { get_weather }, stopWhen: stepCountIs(2) };
  const whole = await generateText(ask("TOOLS_URL", fields));
  const streamed = streamText(ask("TOOLS_URL", fields));
  await streamed.consumeStream();
  for (const steps of [whole.steps, await streamed.steps]) {
    assert.equal(steps.length, 2);
    for (const step of steps) {
      assert.equal(step.finishReason, "tool-calls");
      assert.equal(step.reasoningText, "Hm.");
      const [call] = step.toolCalls;
      assert.deepEqual([call.toolName, call.input], ["get_weather", { city: "Paris" }]);
      assert.deepEqual(step.toolResults.map((result) => result.output), ["Sunny in Paris"]);
    }
  }
  const forced = await generateText(ask("CALL_URL", { tools: { get_weather }, toolChoice: "required" }));
  assert.deepEqual(forced.toolResults.map((result) => result.output), ["Sunny in Paris"]);
  console.log("ok tools and thinking");
  console.log("ok tools and thinking as a stream");
}

{
  assert.deepEqual((await generateObject(ask("JSON_URL", { schema: WEATHER }))).object, PARIS);
  assert.deepEqual((await generateObject(ask("JSON_URL", { output: "no-schema" }))).object, PARIS);
  const output = Output.object({ schema: WEATHER });
  assert.deepEqual((await generateText(ask("JSON_URL", { output }))).output, PARIS);
  console.log("ok objects");
  const get_weather = tool({ inputSchema: z.object({ city: z.string() }) });
  const both = { tools: { get_weather }, output };
  assert.deepEqual((await generateText(ask("JSON_URL", both))).output, PARIS);
  const [call] = (await generateText(ask("TOOLS_URL", both))).toolCalls;
  assert.deepEqual([call.toolName, call.input], ["get_weather", { city: "Paris" }]);
  console.log("ok objects together with tools");
  const parts = await all(streamObject(ask("JSON_URL", { schema: WEATHER })).partialObjectStream);
  assert.ok(parts.length > 1, JSON.stringify(parts));
  assert.deepEqual(parts.at(-1), PARIS);
  console.log("ok an object that grows in a stream");
}

{
  const answer = await generateText({ ...ask("BASE_URL"), model: provider("BASE_URL").completionModel("tiny") });
  assert.equal(answer.text, PIECES.join(""));
  console.log("ok completions");
}

{
  const { embeddings } = await embedMany({ model: provider("BASE_URL").embeddingModel("tiny"), values: ["one", "two"] });
  assert.equal(embeddings.length, 2);
  assert.ok(embeddings[0].length > 0);
  console.log("ok embeddings");
}

for (const [status, param, request] of [
  [401, null, () => generateText({ ...ask("BASE_URL"), model: provider("BASE_URL", "wrong")("tiny") })],
  [400, "temperature", () => generateText(ask("BASE_URL", { temperature: -1 }))],
]) {
  await assert.rejects(request, (error) => {
    assert.ok(APICallError.isInstance(error), String(error));
    assert.equal(error.statusCode, status);
    assert.equal(error.data.error.param, param);
    assert.equal(error.message, error.data.error.message);
    return true;
  });
}
console.log("ok errors");

{
  const controller = new AbortController();
  const { textStream } = streamText(ask("ENDLESS_URL", { abortSignal: controller.signal }));
  for await (const piece of textStream) {
    if (piece) controller.abort();
  }
  console.log("ok aborting a stream");
}
