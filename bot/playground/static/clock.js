// The bar with the playground's clock, and the buttons that move it.
import { byId } from "./elements.js";
import { act } from "./server.js";
import { clockTime, fullDate } from "./times.js";
import { word } from "./words.js";

let ahead = 0;
let held = null;

/** The playground's time in milliseconds; it stands still while it is being moved. */
export function now() {
  return held ?? Date.now() + ahead;
}

/** Take over what the server says about the time: { now, moving, from?, to? }. */
export function setClock(told) {
  held = told.moving ? told.now : null;
  ahead = told.now - Date.now();
  showProgress(told);
  show();
}

function showProgress({ now: here, moving, from, to }) {
  const bar = byId("moving");
  bar.hidden = !moving;
  if (moving && to) bar.value = (here - from) / (to - from);
  else bar.removeAttribute("value");
  for (const button of document.querySelectorAll("[data-hours]")) button.disabled = moving;
}

function show() {
  byId("clock-time").textContent = clockTime(now());
  byId("clock-time").dateTime = new Date(now()).toISOString();
  byId("clock-date").textContent = fullDate(now());
}

async function move(hours) {
  const note = byId("moving-note");
  const target = now() + hours * 3_600_000;
  note.textContent = word("moving", { date: `${clockTime(target)} ${fullDate(target)}` });
  setClock({ now: now(), moving: true, from: now(), to: target });
  await act("clock", { hours });
  note.textContent = word("arrived", { date: `${clockTime(now())} ${fullDate(now())}` });
}

export function startClock() {
  for (const button of document.querySelectorAll("[data-hours]"))
    button.addEventListener("click", () => move(Number(button.dataset.hours)));
  setInterval(show, 1000);
}
