// Times as the business reads them: in its own time zone, in the page's language.
import { language, word } from "./words.js";

const locale = language === "vi" ? "vi-VN" : "en-GB";
const month = language === "vi" ? "numeric" : "short"; // as the bot writes it: 29/11/2026, 29 Nov 2026
let zone = "UTC";
const formats = new Map();

export function useZone(name) {
  zone = name;
  formats.clear();
}

function format(name, options) {
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat(locale, { ...options, timeZone: zone }));
  return formats.get(name);
}

export function clockTime(instant) {
  return format("time", { hour: "2-digit", minute: "2-digit", hour12: false }).format(instant);
}

export function fullDate(instant) {
  return format("date", { weekday: "long", day: "numeric", month, year: "numeric" }).format(instant);
}

function year(instant) {
  return format("year", { year: "numeric" }).format(instant);
}

/** A day's name as it separates messages: today, yesterday, or the date. */
export function dayName(instant, now) {
  const day = fullDate(instant);
  if (day === fullDate(now)) return word("today");
  if (day === fullDate(now - 86_400_000)) return word("yesterday");
  return day;
}

/** When a chat last spoke: the time today, the day before that, with its year if it was another. */
export function briefly(instant, now) {
  if (fullDate(instant) === fullDate(now)) return clockTime(instant);
  if (year(instant) === year(now)) return format("day", { day: "numeric", month }).format(instant);
  return format("old", { day: "numeric", month, year: "2-digit" }).format(instant);
}
