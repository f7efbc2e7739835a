// The chat: what the person does becomes a change of a conversation, which is then shown and kept.

import { follow, followAgain, onFollowing } from "../follow.js";
import { toast } from "../toast.js";
import { Answer } from "./answer.js";
import { Composer } from "./composer.js";
import { append, newConversation, showBranch, shown, upTo } from "./conversation.js";
import { exportAll, readFile } from "./exchange.js";
import { ConversationList } from "./list.js";
import { Models } from "./models.js";
import { requestOf } from "./request.js";
import { Room } from "./room.js";
import { Settings } from "./settings.js";
import * as store from "./store.js";
import { Transcript } from "./transcript.js";

const SHOW = 40; // milliseconds between two looks at an answer that comes
const KEEP = 300; // and between two times that it is kept

const $ = (id) => document.getElementById(id);

export class Chat {
  #conversations = new Map();
  #current = newConversation({}, "");
  #answers = new Map(); // that are coming, by conversation id
  #problems = new Map(); // why the last answer failed, by conversation id
  #openPanel;

  #models = new Models($("model"), () => this.#modelChosen());
  #room = new Room($("room"));
  #settings = new Settings($("settings"), (settings) => this.#settingsChanged(settings));
  #composer = new Composer($("composer"), { send: (text) => this.#send(text), stop: () => this.#stop() });
  #transcript = new Transcript($("talk"), {
    edit: (message, text) => this.#say(message.parent, text),
    regenerate: (message) => this.#answer(this.#current, message.parent),
    resume: (message) => this.#run(this.#current, message, upTo(this.#current, message.id)),
    results: (message, results) => this.#giveResults(message, results),
    show: (message) => this.#branch(message),
    retry: () => this.#answer(this.#current, this.#current.last),
  });
  #list;

  /** @param openPanel shows the settings; @param chosen called when the person chose a conversation */
  constructor({ openPanel, chosen }) {
    this.#openPanel = openPanel;
    this.#list = new ConversationList($("conversations"), $("search"), {
      chosen,
      rename: (conversation, title) => this.#rename(conversation, title),
      remove: (conversation) => this.#remove(conversation),
    });
    for (const button of document.querySelectorAll(".new-chat")) button.addEventListener("click", () => this.#new(chosen));
    $("export").addEventListener("click", () => exportAll([...this.#conversations.values()]));
    $("import").addEventListener("click", () => $("import-file").click());
    $("import-file").addEventListener("change", (event) => this.#import(event.target));
    $("to-end").addEventListener("click", followAgain);
    onFollowing((following) => ($("to-end").hidden = following));
    addEventListener("keydown", (event) => this.#onKey(event));
    addEventListener("pagehide", () => this.#leavePage());
    store.onChange((id) => this.#changedElsewhere(id));
  }

  /** Reads what was kept. Until then nothing can be shown. */
  async load() {
    try {
      for (const conversation of await store.all()) this.#conversations.set(conversation.id, conversation);
    } catch {
      toast("This browser does not let the page keep conversations.");
    }
  }

  /** Shows a conversation; a new one for "". */
  open(id) {
    const known = this.#conversations.get(id);
    if (id && !known) history.replaceState(null, "", location.pathname);
    this.#current = known ?? newConversation(Settings.last(), this.#models.chosen);
    this.#transcript.clear();
    this.#show();
    this.#settings.show(this.#current.settings);
    this.#composer.focus();
    followAgain();
    this.#loadModels();
  }

  /** Another view is shown. */
  leave() {
    this.#list.show(this.#sorted(), "");
  }

  async #loadModels() {
    try {
      await this.#models.load();
    } catch (problem) {
      toast(problem.message);
    }
    this.#models.choose(this.#current.model);
    this.#showRoom();
  }

  #show() {
    const { id, title, last } = this.#current;
    const answer = this.#answers.get(id);
    document.title = title ? `${title} · llamastream` : "llamastream";
    $("go-chat").href = last === null ? "#" : `#${id}`;
    $("greeting").hidden = last !== null;
    this.#transcript.show(this.#current, answer?.message, this.#problems.get(id));
    this.#composer.running = Boolean(answer);
    this.#showList();
    this.#showRoom();
    follow();
  }

  #showList() {
    this.#list.show(this.#sorted(), this.#current.id);
  }

  #sorted() {
    return [...this.#conversations.values()].sort((a, b) => b.updated - a.updated);
  }

  #showRoom() {
    const usage = shown(this.#current).findLast((message) => message.usage)?.usage;
    this.#room.show(usage ? usage.prompt + usage.answer : 0, this.#models.room);
  }

  #new(chosen) {
    chosen();
    if (location.hash) location.hash = "";
    else this.open("");
  }

  /** Whether it was taken. */
  #send(text) {
    return this.#say(this.#current.last, text);
  }

  #say(parent, text) {
    if (!this.#mayAnswer()) return false;
    append(this.#current, parent, { role: "user", content: text.trim() });
    this.#answer(this.#current, this.#current.last);
    return true;
  }

  #giveResults(message, results) {
    if (!this.#mayAnswer()) return;
    message.toolCalls.forEach((call, index) =>
      append(this.#current, this.#current.last, { role: "tool", content: results[index], toolCallId: call.id, toolName: call.name }),
    );
    this.#answer(this.#current, this.#current.last);
  }

  #mayAnswer() {
    if (this.#answers.has(this.#current.id)) return false;
    if (this.#settings.valid) return true;
    this.#openPanel();
    this.#settings.report();
    return false;
  }

  #answer(conversation, parent) {
    if (!this.#mayAnswer()) return;
    const before = upTo(conversation, parent);
    this.#run(conversation, append(conversation, parent, { role: "assistant" }), before);
  }

  /** @param said what the answer follows, or continues */
  async #run(conversation, message, said) {
    if (!this.#mayAnswer()) return;
    conversation.model = this.#models.chosen;
    const request = requestOf(said, conversation.settings, conversation.model);
    const answer = new Answer(message);
    this.#answers.set(conversation.id, answer);
    this.#problems.delete(conversation.id);
    this.#conversations.set(conversation.id, conversation);
    if (conversation === this.#current) history.replaceState(null, "", `#${conversation.id}`);
    this.#keep(conversation);
    $("announcement").textContent = "Answering";
    this.#show();
    if (document.activeElement === document.body) this.#composer.focus(); // the button that was pressed is gone
    followAgain();

    const grow = atMostEach(SHOW, () => {
      if (conversation !== this.#current || !this.#answers.has(conversation.id) || $("chat-view").hidden) return;
      this.#transcript.grow(message);
      follow();
    });
    const keep = atMostEach(KEEP, () => this.#answers.has(conversation.id) && this.#keep(conversation));
    try {
      await answer.run(request, () => {
        grow();
        keep();
      });
      $("announcement").textContent = "The answer is there";
    } catch (problem) {
      this.#problems.set(conversation.id, problem);
      $("announcement").textContent = "";
    }
    this.#answers.delete(conversation.id);
    if (message.finish === "failed" && !message.content && !message.thinking) {
      delete conversation.messages[message.id]; // another may be tried in its place
      if (conversation.last === message.id) conversation.last = message.parent;
    }
    this.#keep(conversation);
    this.#show();
    if (this.#models.room === 0) this.#loadModels();
  }

  #stop() {
    this.#answers.get(this.#current.id)?.stop();
  }

  #branch(message) {
    if (this.#answers.has(this.#current.id)) return;
    showBranch(this.#current, message);
    this.#keep(this.#current);
    this.#show();
    this.#transcript.focusVersions(message);
  }

  #rename(conversation, title) {
    conversation.title = title;
    this.#keep(conversation);
    this.#show();
  }

  #remove(conversation) {
    this.#answers.get(conversation.id)?.stop();
    this.#conversations.delete(conversation.id);
    store.remove(conversation.id).catch(cannotKeep);
    const back = () => {
      this.#conversations.set(conversation.id, conversation);
      this.#keep(conversation);
      this.#showList();
    };
    toast(`“${conversation.title}” was deleted.`, { label: "Undo", run: back });
    if (conversation === this.#current && !$("chat-view").hidden) location.hash = "";
    else this.#showList();
  }

  async #import(field) {
    try {
      const read = await readFile(field.files[0]);
      for (const conversation of read) {
        if (this.#conversations.get(conversation.id)?.updated >= conversation.updated) continue;
        this.#conversations.set(conversation.id, conversation);
        this.#keep(conversation);
      }
      toast(`${read.length} ${read.length === 1 ? "conversation was" : "conversations were"} imported.`);
      this.#showList();
    } catch (problem) {
      toast(problem.message);
    }
    field.value = "";
  }

  #settingsChanged(settings) {
    this.#current.settings = settings;
    if (this.#conversations.has(this.#current.id)) this.#keep(this.#current);
  }

  #modelChosen() {
    this.#current.model = this.#models.chosen;
    this.#showRoom();
  }

  #leavePage() {
    for (const conversation of this.#conversations.values()) {
      if (this.#answers.has(conversation.id)) store.saveAtOnce(conversation);
    }
  }

  #keep(conversation) {
    if (this.#conversations.has(conversation.id)) store.save(conversation).catch(cannotKeep);
  }

  async #changedElsewhere(id) {
    if (this.#answers.has(id)) return;
    const conversation = await store.get(id);
    if (conversation) this.#conversations.set(id, conversation);
    else this.#conversations.delete(id);
    if (conversation && id === this.#current.id) {
      this.#current = conversation;
      this.#transcript.clear();
      this.#show();
    } else {
      this.#showList();
    }
  }

  #onKey(event) {
    if (event.isComposing || $("chat-view").hidden) return;
    if (event.key === "Escape") this.#stop();
    if (event.key === "O" && event.shiftKey && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#new(() => {});
    }
  }
}

function cannotKeep() {
  toast("This browser could not keep the conversation.");
}

/** A function that runs the action soon, and no more often than this. */
function atMostEach(milliseconds, action) {
  let timer = 0;
  return () => {
    timer ||= setTimeout(() => {
      timer = 0;
      action();
    }, milliseconds);
  };
}
