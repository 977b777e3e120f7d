// A choice as the fragment of an address, and back: #demo, #lie=dropped, #empty&delay=1000.

const PREFERENCES = ["code", "example", "dynamic", "lie", "seed", "size", "delay"];
const WORD = new RegExp(`^(operation|prefer|body|path\\.[^=]+|${PREFERENCES.join("|")})=`);
const SIMPLE = /^([a-z]+)=([\w.-]+)$/;

export function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;  // a percent sign that escapes nothing is one
  }
}

export function parsed(fragment) {
  const choice = { instance: null, operation: null, prefer: "", values: {}, body: null };
  const preferences = [];
  const others = [];
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const word = WORD.exec(part);
    if (!word) {
      others.push(part);
      continue;
    }
    const [name, value] = [word[1], unescaped(part.slice(word[0].length))];
    if (name === "operation") choice.operation = value;
    else if (name === "prefer") preferences.push(value);
    else if (name === "body") choice.body = value;
    else if (name.startsWith("path.")) choice.values[unescaped(name.slice(5))] = value;
    else preferences.push(`${name}=${value}`);
  }
  choice.prefer = preferences.join(", ");
  const instance = others.join("&");  // an instance may be called anything
  if (instance) choice.instance = unescaped(instance);
  return choice;
}

export function written({ instance, operation, prefer, values, body }) {
  const parts = [];
  if (operation) parts.push(`operation=${encodeURIComponent(operation)}`);
  if (instance) parts.push(encodeURIComponent(instance.toWellFormed?.() ?? instance));
  for (const [name, value] of Object.entries(values)) {
    parts.push(`path.${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  }
  const preferences = prefer.split(",").map((text) => text.trim()).filter(Boolean);
  const simple = preferences.every((text) => PREFERENCES.includes(SIMPLE.exec(text)?.[1]));
  if (simple) parts.push(...preferences);
  else parts.push(`prefer=${encodeURIComponent(prefer)}`);
  if (body !== null) parts.push(`body=${encodeURIComponent(body.toWellFormed?.() ?? body)}`);
  return `#${parts.join("&")}`;
}
