// The open chat: its header, its messages and what happens to them.
import { bubble, reactions } from "./bubbles.js";
import { now } from "./clock.js";
import * as composer from "./composer.js";
import { byId, dressAvatar, element } from "./elements.js";
import { act, load } from "./server.js";
import { dayName } from "./times.js";
import { word } from "./words.js";

const TYPING_MS = 5000;
const log = byId("log");
let open = null;
let messages = new Map();
let typing = null;

export function openId() {
  return open?.chat.id ?? null;
}

/** Show a chat, or none; the newest message is in view afterwards. */
export async function show(id) {
  const found = id === null ? null : await load(`chats/${id}`);
  if (found && open?.chat.id !== found.chat.id) composer.clear();
  open = found;
  byId("conversation").hidden = !open;
  byId("choose").hidden = Boolean(open);
  document.body.dataset.view = open ? "chat" : "list";
  if (!open) return;
  messages = new Map(open.messages.map((message) => [message.message_id, message]));
  composer.show(open, refresh);
  showHeader();
  refresh();
}

function showHeader() {
  const { chat, people } = open;
  byId("chat-title").textContent = chat.title;
  dressAvatar(byId("chat-avatar"), chat);
  setStatus();
  const block = byId("block");
  block.hidden = chat.type !== "private" || !chat.started;
  block.textContent = word(chat.blocked ? "unblock" : "block");
  block.classList.toggle("blocked", chat.blocked);
  block.onclick = () => act(`chats/${chat.id}/block`, { blocked: !chat.blocked });
  log.classList.toggle("in-group", people.length > 1);
}

function setStatus(words) {
  const { chat, people } = open;
  const usual = chat.type === "private"
    ? `${word(`role_${chat.role}`)} · ${word("seen_as", { name: chat.title })}`
    : people.map((person) => person.name).join(", ");
  byId("chat-status").textContent = words ?? usual;
  byId("chat-status").classList.toggle("busy", Boolean(words));
}

function refresh() {
  const shown = [];
  let day = "";
  for (const message of messages.values()) {
    const name = dayName(message.date * 1000, now());
    if (name !== day) shown.push(element("p", { class: "day" }, name));
    day = name;
    shown.push(drawn(message));
  }
  log.replaceChildren(...(shown.length ? shown : [welcome()]));
  toEnd();
}

function welcome() {
  if (!open.description) return element("p", { class: "welcome" }, word("not_started"));
  return element("div", { class: "welcome" }, element("strong", {}, word("about_bot")), element("p", {}, open.description));
}

function drawn(message) {
  const own = message.from.id === composer.speaker();
  const inGroup = open.chat.type !== "private";
  return bubble(message, {
    own,
    named: inGroup && !own,
    topicName: open.topics[message.message_thread_id] ?? "",
    editable: own && Boolean(message.text) && !open.chat.blocked,
    replyable: inGroup && (!own || Boolean(message.is_topic_message)),
    onTap: tap,
    onCommand: (command) => composer.send(command),
    onEdit: composer.edit,
    onReply: composer.reply,
  });
}

async function tap(message, row, column, button) {
  button.setAttribute("aria-busy", "true");
  const went = await act(`chats/${open.chat.id}/messages/${message.message_id}/tap`, { person: composer.speaker(), row, column });
  if (!went) {
    button.removeAttribute("aria-busy");
    toast(word("refused"));
  }
}

function find(messageId) {
  return log.querySelector(`[data-message="${messageId}"]`);
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
}

// A keyboard or a longer text below takes room from the messages; the newest stays in view.
new ResizeObserver(toEnd).observe(log);
// So does it when a picture above it has arrived; "load" does not bubble.
log.addEventListener("load", toEnd, { capture: true });

/** Take one change to the open chat. */
export function change(what) {
  const changes = { message: add, edit: redraw, delete: remove, action, answer, reaction, keyboard };
  changes[what.kind]?.(what);
}

function add({ message }) {
  setTyping(false);
  // It may have come while the chat was being read, and be in what was read.
  if (messages.has(message.message_id)) return;
  const before = [...messages.values()].at(-1);
  messages.set(message.message_id, message);
  if (!before) log.replaceChildren();
  const day = dayName(message.date * 1000, now());
  if (!before || dayName(before.date * 1000, now()) !== day) log.append(element("p", { class: "day" }, day));
  log.append(drawn(message));
  toEnd();
}

function redraw({ message }) {
  messages.set(message.message_id, message);
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  find(message.message_id)?.replaceWith(drawn(message));
  if (atEnd) toEnd();
}

function remove({ message_id }) {
  messages.delete(message_id);
  find(message_id)?.remove();
}

function keyboard({ reply_keyboard }) {
  composer.showReplyKeyboard(reply_keyboard);
}

function reaction({ message_id, reaction: given }) {
  find(message_id)?.querySelector(".reactions").replaceWith(reactions(given));
}

function action({ action: kind }) {
  setTyping(true, kind.startsWith("upload") ? word("uploading") : word("typing"));
}

function setTyping(on, words) {
  clearTimeout(typing);
  setStatus(on ? words : undefined);
  if (on) typing = setTimeout(() => setStatus(), TYPING_MS);
}

function answer({ message_id, user_id, text, show_alert }) {
  for (const button of find(message_id)?.querySelectorAll("[aria-busy]") ?? []) button.removeAttribute("aria-busy");
  if (!text || user_id !== composer.speaker()) return;
  if (!show_alert) return toast(text);
  byId("alert-text").textContent = text;
  byId("alert").showModal();
}

export function toast(text) {
  const shown = element("p", { class: "toast" }, text);
  byId("toasts").append(shown);
  setTimeout(() => shown.remove(), 4000);
}
