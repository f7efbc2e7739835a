// Conversations as a file.

import { element } from "../element.js";
import { Problem } from "../server.js";
import { isConversation } from "./shape.js";

const FORMAT = "llamastream.conversations";

/** Lets the browser save them. */
export function exportAll(conversations) {
  const json = JSON.stringify({ format: FORMAT, version: 1, conversations }, null, 1);
  const href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  const day = new Date().toISOString().slice(0, 10);
  element("a", { href, download: `llamastream-${day}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** The conversations of a file. Fails with a Problem if it holds anything else. */
export async function readFile(file) {
  let content;
  try {
    content = JSON.parse(await file.text());
  } catch {
    throw new Problem(`${file.name} is not JSON.`);
  }
  if (content?.format !== FORMAT || !Array.isArray(content.conversations)) {
    throw new Problem(`${file.name} has no conversations of this page.`);
  }
  return content.conversations.map((conversation, index) => {
    if (!isConversation(conversation)) throw new Problem(`${file.name}: conversation ${index + 1} is damaged.`);
    return conversation;
  });
}
