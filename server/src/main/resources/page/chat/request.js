// What the server is asked for: the body of a request to /v1/chat/completions.

const NUMBERS = [
  "temperature",
  "top_k",
  "top_p",
  "min_p",
  "repeat_penalty",
  "presence_penalty",
  "frequency_penalty",
  "max_tokens",
  "seed",
];
const TOP = 5; // likely tokens for each token

/** @param messages what was said so far; where the last is an assistant's, the answer continues it */
export function requestOf(messages, settings, model) {
  const body = {
    messages: chatOf(messages, settings.system),
    stream: true,
    stream_options: { include_usage: true },
  };
  if (model) body.model = model;
  for (const name of NUMBERS) {
    if (settings[name]) body[name] = Number(settings[name]);
  }
  if (settings.stop) body.stop = settings.stop.split("\n").filter((line) => line);
  if (settings.tools) body.tools = JSON.parse(settings.tools);
  if (settings.thinking) body.chat_template_kwargs = { enable_thinking: settings.thinking === "on" };
  if (settings.probabilities) Object.assign(body, { logprobs: true, top_logprobs: TOP });
  if (messages.at(-1).role === "assistant") body.continue_final_message = true;
  return body;
}

/** Many templates take nothing but turns: an answer of which nothing came is left out, and what was said around it becomes one message. */
function chatOf(messages, system) {
  const chat = system ? [{ role: "system", content: system }] : [];
  for (const message of messages) {
    const before = chat.at(-1);
    if (message.role === "user" && before?.role === "user") before.content += `\n\n${message.content}`;
    else if (message.role !== "assistant" || message.content || message.toolCalls) chat.push(oneOf(message));
  }
  return chat;
}

function oneOf({ role, content, toolCalls, toolCallId, toolName }) {
  if (role === "tool") return { role, content, tool_call_id: toolCallId, name: toolName };
  if (!toolCalls) return { role, content };
  const calls = toolCalls.map((call) => ({ id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } }));
  return { role, content, tool_calls: calls };
}
