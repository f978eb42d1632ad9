// The list of chats at the left.
import { now } from "./clock.js";
import { byId, dressAvatar, element } from "./elements.js";
import { briefly } from "./times.js";
import { word } from "./words.js";

const list = byId("chats");
const search = byId("search");

/** Letters without accents and case, đ counted as d: "nguyen an" finds "Nguyễn Ân". */
function plain(text) {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().replaceAll("đ", "d");
}

function lastWords({ last, started, blocked }) {
  if (blocked) return word("is_blocked");
  if (!started) return word("not_started");
  if (!last) return "";
  if (last.text) return last.text;
  if (last.photo) return last.caption || word("photo");
  if (last.document) return last.document.file_name;
  if (last.contact) return word("contact");
  if (last.forum_topic_created) return last.forum_topic_created.name;
  return last.migrate_to_chat_id || last.migrate_from_chat_id ? word("upgraded") : "";
}

function line(chat, { open, unread }) {
  const avatar = element("span", { class: "avatar", "aria-hidden": "true" });
  dressAvatar(avatar, chat);
  const count = unread
    ? element("span", { class: "unread" }, element("span", { "aria-hidden": "true" }, String(unread)),
      element("span", { class: "visually-hidden" }, word("unread", { n: unread })))
    : "";
  return element("li", {},
    element("a", { href: `#${chat.id}`, "aria-current": open ? "true" : null, class: chat.started ? null : "unstarted" },
      avatar,
      element("span", { class: "who" }, element("span", { class: "name" }, chat.title),
        element("span", { class: "role" }, word(`role_${chat.role}`))),
      element("time", {}, chat.last ? briefly(chat.last.date * 1000, now()) : ""),
      element("span", { class: "last" }, lastWords(chat)),
      count));
}

function rank(chat) {
  return chat.last ? chat.last.message_id : chat.type === "private" ? -1 : 0;
}

/** Show the chats that fit the search, the latest to speak first; without a search, those that are worth a look. */
export function showChats(chats, openId, unread) {
  const wanted = plain(search.value);
  const shown = [...chats.values()]
    .filter((chat) => (wanted ? plain(chat.title).includes(wanted) : chat.featured || chat.id === openId))
    .sort((one, other) => rank(other) - rank(one));
  list.replaceChildren(...shown.map((chat) => line(chat, { open: chat.id === openId, unread: unread.get(chat.id) })));
  byId("nobody").hidden = shown.length > 0;
}

export function onSearch(listener) {
  search.addEventListener("input", listener);
}
