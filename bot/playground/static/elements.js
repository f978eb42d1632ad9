// Builds elements from text only: nothing a person or a bot wrote is ever read as HTML.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function byId(id) {
  return document.getElementById(id);
}

const HUES = [168, 205, 262, 330, 24, 44, 95, 186];

export function hueOf(id) {
  return HUES[Math.abs(id) % HUES.length];
}

export function dressAvatar(avatar, { id, initial, type }) {
  avatar.textContent = initial;
  avatar.style.setProperty("--hue", hueOf(id));
  avatar.classList.toggle("of-group", type !== "private");
}
