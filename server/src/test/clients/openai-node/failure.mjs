// What OpenAI's official client for Node.js makes of a server that ends in the middle of a stream.
import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `${process.env.ENDING_URL}/v1`, apiKey: process.env.API_KEY, maxRetries: 0, timeout: 60_000 });
const stream = await client.chat.completions.create({ model: "tiny", messages: [{ role: "user", content: "Hi" }], stream: true });
let chunks = 0;
await assert.rejects(
  async () => {
    for await (const chunk of stream) chunks += chunk.choices.length;
  },
  (error) => {
    assert.ok(error instanceof OpenAI.APIError, String(error));
    assert.equal(error.type, "server_error");
    assert.equal(error.code, "shutting_down");
    return true;
  },
);
assert.ok(chunks > 0);
