// A conversation is a tree of messages, because a message can be edited and an answer generated again. What is shown is the way from the
// root to one leaf: {id, title, created, updated, model, settings, messages: {id: message}, last: the leaf's id or null}.

/** A name that no other has. (crypto.randomUUID is only there with HTTPS.) */
function newId() {
  return `c${Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

export function newConversation(settings, model) {
  const now = Date.now();
  return { id: newId(), title: "", created: now, updated: now, model, settings: { ...settings }, messages: {}, last: null };
}

/** Adds a message below its parent (an id, or null for a first message), and shows it. */
export function append(conversation, parent, message) {
  const added = { id: newId(), parent, created: Date.now(), content: "", ...message };
  conversation.messages[added.id] = added;
  conversation.last = added.id;
  conversation.updated = added.created;
  if (!conversation.title && added.role === "user") conversation.title = titleOf(added.content);
  return added;
}

/** The messages that are shown, in order. */
export function shown(conversation) {
  return upTo(conversation, conversation.last);
}

/** The way from the root to a message, which is included; none for null. */
export function upTo(conversation, id) {
  const way = [];
  for (let at = id; at !== null; at = conversation.messages[at].parent) way.unshift(conversation.messages[at]);
  return way;
}

/** The versions of a message, itself included, the oldest first. */
export function versions(conversation, message) {
  return Object.values(conversation.messages).filter((other) => other.parent === message.parent);
}

/** Shows the branch of a message, as far as it was written last. */
export function showBranch(conversation, message) {
  conversation.last = message.id;
  for (;;) {
    const next = Object.values(conversation.messages).findLast((other) => other.parent === conversation.last);
    if (!next) return;
    conversation.last = next.id;
  }
}

/** Whether all these words, in lower case, are in its title or its messages. */
export function mentions(conversation, words) {
  const texts = [conversation.title, ...Object.values(conversation.messages).map((message) => message.content)];
  const text = texts.join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

function titleOf(text) {
  const line = text.trim().split("\n")[0].replace(/^[#>*\s-]+/, "");
  if (line.length <= 60) return line || "New chat";
  return `${line.slice(0, 60).replace(/\s+\S*$/, "")}…`;
}
