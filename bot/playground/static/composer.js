// Where a person writes: the text field, the commands, the reply keyboard, and who is speaking.
import { byId, element } from "./elements.js";
import { act } from "./server.js";
import { word } from "./words.js";

const text = byId("text");
const form = byId("form");
const commandList = byId("command-list");
const speakerChoice = byId("speaker");
const HIGHEST = 140; // pixels
let open = null;
let editing = null;
let answering = null;
let onRefused = () => {};

/** The id of the person who speaks in the open chat. */
export function speaker() {
  return Number(speakerChoice.value);
}

export function clear() {
  text.value = "";
  leaveContext();
}

/** Fit the composer to a chat; `onSpeaker` is told when another person of a group speaks. */
export function show(conversation, onSpeaker) {
  const before = open?.chat.id === conversation.chat.id ? speaker() : null;
  open = conversation;
  const { chat, people } = open;
  speakerChoice.replaceChildren(...people.map((person) => element("option", { value: person.id }, person.name)));
  if (before) speakerChoice.value = String(before);
  speakerChoice.onchange = () => { showCommands(false); onSpeaker(); };
  byId("speaker-row").hidden = people.length < 2;
  const writable = chat.started && !chat.blocked;
  form.hidden = !writable;
  byId("start").hidden = writable;
  byId("start").textContent = word(chat.blocked ? "unblock" : "start");
  showCommands(false);
  showReplyKeyboard(writable ? open.reply_keyboard : null);
  fit();
}

async function attempt(path, what) {
  if (!(await act(`chats/${open.chat.id}/${path}`, what))) onRefused();
}

/** Send words as the person who speaks. */
export function send(words) {
  return attempt("messages", { person: speaker(), text: words, reply_to: answering });
}

async function submit() {
  const words = text.value.trim();
  if (!words) return;
  text.value = "";
  fit();
  showCommands(false);
  if (editing) await attempt(`messages/${editing}/edit`, { person: speaker(), text: words });
  else await send(words);
  leaveContext();
}

function press() {
  if (open.chat.blocked) return attempt("block", { blocked: false });
  return attempt("start", {});
}

export function edit(message) {
  leaveContext();
  editing = message.message_id;
  text.value = message.text;
  showContext(word("editing"));
}

export function reply(message) {
  leaveContext();
  answering = message.message_id;
  showContext(word("replying", { name: message.from.first_name }));
}

function showContext(words) {
  byId("context-text").textContent = words;
  byId("context").hidden = false;
  fit();
  text.focus();
}

function leaveContext() {
  if (editing) text.value = "";
  editing = null;
  answering = null;
  byId("context").hidden = true;
}

function showCommands(wanted, prefix = "") {
  const all = open?.people.find((person) => person.id === speaker())?.commands ?? [];
  const fitting = all.filter(({ command }) => `/${command}`.startsWith(prefix));
  commandList.hidden = !wanted || fitting.length === 0;
  byId("commands").hidden = all.length === 0;
  byId("commands").setAttribute("aria-expanded", String(!commandList.hidden));
  commandList.replaceChildren(...fitting.map(({ command, description }) =>
    element("button", { type: "button", role: "option", onclick: () => { clear(); showCommands(false); send(`/${command}`); } },
      element("strong", {}, `/${command}`), element("span", {}, description))));
}

/** Show the keyboard that a bot offers instead of the usual one, or put it away. */
export function showReplyKeyboard(markup) {
  const place = byId("reply-keyboard");
  place.hidden = !markup;
  place.replaceChildren(...(markup?.keyboard ?? []).map((row) => element("div", { class: "buttons" }, ...row.map(replyButton))));
}

function replyButton(button) {
  const pressed = button.request_contact ? () => attempt("contact", {}) : () => send(button.text);
  return element("button", { type: "button", onclick: pressed }, button.text);
}

/** As high as the words, borders included: without these the box is two pixels too low and shows arrows to scroll. */
function fit() {
  text.style.height = "auto";
  const wanted = text.scrollHeight + text.offsetHeight - text.clientHeight;
  text.style.height = `${Math.min(wanted, HIGHEST)}px`;
  text.style.overflowY = wanted > HIGHEST ? "auto" : "hidden";
}

function onKey(event) {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  } else if (event.key === "Escape") {
    leaveContext();
    showCommands(false);
  } else if (event.key === "ArrowUp" && !commandList.hidden) {
    event.preventDefault();
    commandList.lastElementChild.focus();
  }
}

function moveInCommands(event) {
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  if (event.key === "Escape") showCommands(false);
  if (!step) return;
  event.preventDefault();
  (document.activeElement[step] ?? text).focus();
}

/** Make the composer work; `refused` is told when Telegram's app would not have allowed an act. */
export function startComposer(refused) {
  onRefused = refused;
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  text.addEventListener("keydown", onKey);
  text.addEventListener("input", () => { fit(); showCommands(text.value.startsWith("/"), text.value); });
  commandList.addEventListener("keydown", moveInCommands);
  byId("commands").addEventListener("click", () => showCommands(commandList.hidden));
  byId("start").addEventListener("click", press);
  byId("context-cancel").addEventListener("click", leaveContext);
}
