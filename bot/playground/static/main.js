// Puts the page together: the list, the open chat, the clock and the stream of changes.
import { setClock, startClock } from "./clock.js";
import { startComposer } from "./composer.js";
import * as conversation from "./conversation.js";
import { onSearch, showChats } from "./list.js";
import { listen, load } from "./server.js";
import { useZone } from "./times.js";
import { word } from "./words.js";

let chats = new Map();
const unread = new Map();
let soon = null;
let reading = Promise.resolve();
let unfinished = 0;
const waiting = [];

function redrawList() {
  showChats(chats, conversation.openId(), unread);
}

async function readAll() {
  const overview = await load("overview");
  useZone(overview.time_zone);
  setClock(overview.clock);
  chats = new Map(overview.chats.map((chat) => [chat.id, chat]));
  await openFromAddress();
}

async function openFromAddress() {
  const id = Number(location.hash.slice(1));
  unread.delete(id);
  await conversation.show(chats.has(id) ? id : null);
  redrawList();
}

/** Read after whatever is being read. What is told meanwhile may be missing from it, and so it is taken afterwards. */
function inTurn(read) {
  unfinished += 1;
  reading = reading.then(read, read).finally(() => {
    unfinished -= 1;
    if (!unfinished) waiting.splice(0).forEach(take);
  });
}

function hear(change) {
  if (unfinished) waiting.push(change);
  else take(change);
}

function take(change) {
  if (change.kind === "clock") setClock(change);
  // Where the clock has arrived, "today" is another day in every message above it.
  if (change.kind === "clock" && change.moving) return;
  if (change.kind === "clock" || change.kind === "chat" || change.kind === "commands") return readSoon();
  const chat = chats.get(change.chat_id);
  if (chat && change.kind === "message") arrive(chat, change.message);
  if (chat && change.kind === "edit" && chat.last?.message_id === change.message.message_id) chat.last = change.message;
  if (change.chat_id === conversation.openId()) conversation.change(change);
  if (change.kind === "message" || change.kind === "edit") redrawList();
}

function arrive(chat, message) {
  chat.last = message;
  if (chat.id !== conversation.openId()) unread.set(chat.id, (unread.get(chat.id) ?? 0) + 1);
}

/** Many changes at once are one reason to read everything again. */
function readSoon() {
  clearTimeout(soon);
  soon = setTimeout(() => inTurn(readAll), 50);
}

startClock();
startComposer(() => conversation.toast(word("refused")));
onSearch(redrawList);
addEventListener("hashchange", () => inTurn(openFromAddress));
listen({ onChange: hear, onOpen: readSoon, onLost: () => conversation.toast(word("lost")) });
