// The words of the page, in the language the server rendered it in.
const words = JSON.parse(document.getElementById("words").textContent);

export const language = document.documentElement.lang;

export function word(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}
