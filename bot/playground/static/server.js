// The road to the playground's server: acts go as JSON, changes come as Server-Sent Events.
export async function load(path) {
  const response = await fetch(`/api/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** Do something in the playground; false when Telegram's app would not have allowed it. */
export async function act(path, what = {}) {
  const response = await fetch(`/api/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(what),
  });
  return response.ok;
}

/** Hear every change; after a break the browser connects again by itself, and `onOpen` is told each time. */
export function listen({ onChange, onOpen, onLost }) {
  const events = new EventSource("/api/events");
  events.onopen = onOpen;
  events.onerror = onLost;
  events.onmessage = (event) => onChange(JSON.parse(event.data));
}
