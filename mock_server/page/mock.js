// Talks to the mock, by addresses below its own: a proxy may serve it below a path.

const PATIENCE = 5000;  // milliseconds for an answer of the mock about itself

export const at = (path) => new URL(path.replace(/^\/+/, ""), new URL(".", location.href)).href;

export async function read(path, options = {}) {
  const response = await fetch(at(path), { signal: AbortSignal.timeout(PATIENCE), ...options });
  if (response.ok) return response.text();
  const { message } = await response.json().catch(() => ({ message: response.statusText }));
  throw Object.assign(new Error(`${response.status}: ${message}`), { status: response.status });
}

// No form can send this header, so no page of another origin can change the mock.
const OURS = { "X-Requested-With": "fetch" };

export const reset = () => read("__mock/reset", { method: "POST", headers: OURS });

export const prefer = (text) => read("__mock/preferences", {
  method: "PUT",
  headers: { ...OURS, "Content-Type": "application/json" },
  body: JSON.stringify({ prefer: text }),
});

// A journal lists no bodies; the archive of one exchange has them.
export async function exchange(number) {
  const told = await read(`__mock/journal.har?after=${number - 1}&before=${number + 1}`);
  return JSON.parse(told).log.entries[0];
}
