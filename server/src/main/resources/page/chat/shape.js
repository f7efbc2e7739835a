// Whether what a file holds is a conversation: all that this page will read of it has the type that it must have.

const ID = /^c[0-9a-f]{20}$/;

export function isConversation(value) {
  return (
    hasTypes(value, { id: "string", title: "string", created: "number", updated: "number", model: "string" }) &&
    ID.test(value.id) &&
    isRecord(value.settings) &&
    Object.values(value.settings).every((setting) => ["string", "boolean"].includes(typeof setting)) &&
    isRecord(value.messages) &&
    Object.entries(value.messages).every(([id, message]) => isMessage(message, id) && leadsToRoot(message, value.messages)) &&
    (value.last === null || Object.hasOwn(value.messages, value.last))
  );
}

function isMessage(value, id) {
  return (
    hasTypes(value, { id: "string", created: "number", content: "string" }) &&
    ID.test(id) &&
    value.id === id &&
    ["user", "assistant", "tool"].includes(value.role) &&
    mayBe(value.thinking, (thinking) => typeof thinking === "string") &&
    mayBe(value.usage, (usage) => hasTypes(usage, { prompt: "number", answer: "number" }) && mayBe(usage.speed, Number.isFinite)) &&
    mayBe(value.toolCalls, (calls) => isListOf(calls, (call) => hasTypes(call, { name: "string", arguments: "string" }))) &&
    mayBe(value.tokens, (tokens) => isListOf(tokens, (token) => isToken(token) && isListOf(token.top, isToken)))
  );
}

function isToken(value) {
  return hasTypes(value, { text: "string", logprob: "number" });
}

function leadsToRoot(message, messages) {
  const seen = new Set();
  for (let at = message; at.parent !== null; at = messages[at.parent]) {
    if (seen.has(at.id) || !Object.hasOwn(messages, at.parent)) return false;
    seen.add(at.id);
  }
  return true;
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasTypes(value, types) {
  return isRecord(value) && Object.entries(types).every(([name, type]) => typeof value[name] === type);
}

/** Whether it is missing, or as it must be. */
function mayBe(value, is) {
  return value === undefined || is(value);
}

function isListOf(value, isItem) {
  return Array.isArray(value) && value.every(isItem);
}
