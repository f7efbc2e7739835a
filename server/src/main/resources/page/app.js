// The page's two views, and what lies at their sides. The address says what is shown: #stream, a conversation, or a new one.

import { appearance } from "./appearance.js";
import { Chat } from "./chat/chat.js";
import { Drawer } from "./drawer.js";
import { showStream } from "./stream/stream.js";

const $ = (id) => document.getElementById(id);

const views = { chat: $("chat-view"), stream: $("stream-view") };
const sidebar = new Drawer($("sidebar"), [...document.querySelectorAll(".open-sidebar")], Object.values(views), "(max-width: 56rem)", true);
for (const button of document.querySelectorAll(".open-panel")) button.addEventListener("click", () => sidebar.giveWay());
const panel = new Drawer($("panel"), [...document.querySelectorAll(".open-panel")], [views.chat, $("sidebar")], "(max-width: 77rem)", false);
const chat = new Chat({ openPanel: () => panel.open(), chosen: () => sidebar.giveWay() });

function show() {
  const at = location.hash.slice(1);
  const stream = at === "stream";
  views.chat.hidden = stream;
  views.stream.hidden = !stream;
  $("go-chat").ariaCurrent = stream ? null : "page";
  $("go-stream").ariaCurrent = stream ? "page" : null;
  sidebar.giveWay();
  if (stream) {
    panel.close();
    chat.leave();
    showStream();
  } else {
    chat.open(at);
  }
}

/** On a phone, the bar's figures and the choice of a model lie in the panel. */
const phone = matchMedia("(max-width: 40rem)");
function placeModel() {
  const before = phone.matches ? $("settings").querySelector(".top") : $("chat-view").querySelector("h1");
  before.after($("model-row"), $("room"));
}

phone.addEventListener("change", placeModel);
placeModel();
appearance(document.querySelectorAll("[name=appearance]"));
await chat.load();
addEventListener("hashchange", show);
show();
