// Telegram's entities as elements. Offsets count UTF-16 code units, exactly as JavaScript's strings do.
import { element } from "./elements.js";
import { word } from "./words.js";

const PLAIN_TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const SAFE_LINK = /^(https?|tg|mailto):/i;

/** Text and entities as a list of nodes; `onCommand` is told when somebody presses a /command in it. */
export function formatted(text, entities = [], onCommand = () => {}) {
  return between(text, 0, text.length, entities, onCommand);
}

function between(text, start, end, entities, onCommand) {
  const nodes = [];
  let at = start;
  entities.forEach((entity, index) => {
    if (entity.offset < at || entity.offset >= end) return;
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    const stop = Math.min(entity.offset + entity.length, end);
    const inner = between(text, entity.offset, stop, entities.slice(index + 1), onCommand);
    nodes.push(wrapped(entity, text.slice(entity.offset, stop), inner, onCommand));
    at = stop;
  });
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function wrapped(entity, words, inner, onCommand) {
  switch (entity.type) {
    case "pre":
      return element("pre", {}, element("code", {}, ...inner));
    case "spoiler":
      return spoiler(inner);
    case "text_link":
      return link(entity.url, inner);
    case "url":
      return link(words, inner);
    case "email":
      return link(`mailto:${words}`, inner);
    case "bot_command":
      return element("button", { type: "button", class: "command", onclick: () => onCommand(words) }, ...inner);
    default:
      return element(PLAIN_TAGS[entity.type] ?? "span", {}, ...inner);
  }
}

function link(address, inner) {
  if (!SAFE_LINK.test(address)) return element("span", {}, ...inner);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...inner);
}

function spoiler(inner) {
  const hidden = element("button", { type: "button", class: "spoiler", "aria-label": word("spoiler") }, ...inner);
  hidden.addEventListener("click", () => {
    hidden.removeAttribute("aria-label");
    hidden.classList.add("shown");
  });
  return hidden;
}
