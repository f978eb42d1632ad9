// One message as a bubble, with its buttons below it.
import { byId, element, hueOf } from "./elements.js";
import { formatted } from "./entities.js";
import { clockTime } from "./times.js";
import { word } from "./words.js";

const kilobytes = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

/**
 * Build the element of a message.
 *
 * `view` says how it is seen: { own, named, topicName, editable, replyable } and what to do on { onTap, onCommand, onEdit, onReply }.
 */
export function bubble(message, view) {
  if (message.migrate_to_chat_id || message.migrate_from_chat_id)
    return element("div", { class: "service", "data-message": message.message_id }, word("upgraded"));
  const event = topicEvent(message, view);
  if (event) return element("div", { class: "service", "data-message": message.message_id }, event);
  const parts = [topic(message, view), sender(message, view), answered(message), photo(message), file(message), contact(message), words(message, view)];
  const body = element("div", { class: "bubble", tabindex: "0" }, ...parts.filter(Boolean), stamp(message));
  body.classList.toggle("with-photo", Boolean(message.photo));
  return element("article", { class: view.own ? "message own" : "message", "data-message": message.message_id },
    element("div", { class: "row" }, body, acts(message, view)),
    keyboard(message, view), reactions(message.reactions));
}

function topicEvent(message, { topicName }) {
  if (message.forum_topic_created) return word("topic_created", { name: message.forum_topic_created.name });
  if (message.forum_topic_closed) return word("topic_closed", { name: topicName });
  if (message.forum_topic_reopened) return word("topic_reopened", { name: topicName });
  return null;
}

function topic(message, { topicName }) {
  return message.is_topic_message ? element("p", { class: "topic" }, `▸ ${topicName}`) : null;
}

function sender(message, { named }) {
  if (!named) return null;
  const name = element("p", { class: "sender" }, message.from.first_name);
  name.style.setProperty("--hue", hueOf(message.from.id));
  return name;
}

function answered({ reply_to_message: other }) {
  if (!other) return null;
  const words = other.text ?? other.caption ?? word("photo");
  return element("p", { class: "answered" }, element("strong", {}, other.from.first_name), element("span", {}, words));
}

function photo({ photo: sizes, caption }) {
  if (!sizes) return null;
  const { file_id, width, height } = sizes.at(-1);
  const source = `/api/files/${file_id}`;
  return element("button", { type: "button", class: "photo", "aria-label": word("enlarge"), onclick: () => enlarge(source, caption) },
    element("img", { src: source, width, height, alt: caption ?? word("photo") }));
}

/** A picture in its own size, to be moved about in; a tap on it shows it whole, and another in its own size again. */
function enlarge(source, caption) {
  const image = byId("lightbox-image");
  image.src = source;
  image.alt = caption ?? word("photo");
  image.classList.remove("whole");
  image.onclick = () => image.classList.toggle("whole");
  byId("lightbox").showModal();
  image.parentElement.scrollTo(0, 0);
}

function file({ document: sent }) {
  if (!sent) return null;
  return element("a", { class: "file", href: `/api/files/${sent.file_id}`, download: sent.file_name },
    element("span", { class: "sheet", "aria-hidden": "true" }, sent.file_name.split(".").at(-1).slice(0, 4)),
    element("span", {}, element("strong", {}, sent.file_name), element("small", {}, `${kilobytes.format(sent.file_size / 1024)} KB`)));
}

function contact({ contact: shared }) {
  if (!shared) return null;
  return element("p", { class: "contact" },
    element("strong", {}, [shared.first_name, shared.last_name].filter(Boolean).join(" ")),
    element("span", {}, shared.phone_number));
}

function words(message, { onCommand }) {
  const text = message.text ?? message.caption;
  if (!text) return null;
  return element("div", { class: "words" }, ...formatted(text, message.entities ?? message.caption_entities, onCommand));
}

function stamp(message) {
  const time = element("time", { datetime: new Date(message.date * 1000).toISOString() }, clockTime(message.date * 1000));
  return element("p", { class: "stamp" }, message.edit_date ? `${word("edited")} ` : "", time);
}

function acts(message, { editable, replyable, onEdit, onReply }) {
  const offered = element("span", { class: "acts" });
  if (editable) offered.append(element("button", { type: "button", onclick: () => onEdit(message) }, word("edit")));
  if (replyable) offered.append(element("button", { type: "button", onclick: () => onReply(message) }, word("reply")));
  return offered;
}

function keyboard(message, { onTap }) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (!rows.length) return "";
  return element("div", { class: "inline-keyboard" },
    ...rows.map((row, y) => element("div", { class: "buttons" }, ...row.map((button, x) => inlineButton(button, (pressed) => onTap(message, y, x, pressed))))));
}

function inlineButton(button, onTap) {
  if (button.url) return element("a", { href: button.url, target: "_blank", rel: "noopener noreferrer" }, `${button.text} ↗`);
  const made = element("button", { type: "button", class: button.style ?? null }, button.text);
  made.addEventListener("click", () => onTap(made));
  return made;
}

export function reactions(given = []) {
  return element("span", { class: "reactions" }, ...given.map((reaction) => element("span", {}, reaction.emoji)));
}
