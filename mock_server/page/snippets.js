// A request as a line for a shell or a program, and an answer as a fixture.

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

export const SNIPPETS = {
  curl({ url, method = "GET", headers, body }) {
    const options = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)} `);
    if (body !== undefined) options.push(`--data-raw ${quoted(body)} `);
    const verb = method === "GET" ? "" : method === "HEAD" ? "-I " : `-X ${quoted(method)} `;
    return `curl -i ${verb}${options.join("")}${quoted(url)}`;
  },
  fetch({ url, method = "GET", headers, body }) {
    const verb = method === "GET" ? "" : `\n  method: ${JSON.stringify(method)},`;
    const content = body === undefined ? "" : `\n  body: ${JSON.stringify(body)},`;
    return `const response = await fetch(${JSON.stringify(url)}, {${verb}\n  headers: ${JSON.stringify(headers)},${content}\n});`;
  },
};

function items(body) {
  try {
    const value = JSON.parse(body);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

// What a fixture says that gives this answer again; null where none can.
export function fixture({ instance, status, body, keeps, prefer, examples, key }) {
  const list = keeps && status === 200 ? items(body) : null;
  const example = examples.find((one) => one.status === status && status !== 200);
  const answer = list ? { [key]: list } : prefer ? { prefer } : example ? { answer: example.name } : null;
  if (!answer || !instance) return null;
  const name = /^[\w-]{1,80}$/.test(instance) ? instance : "recorded";
  const text = { instance, description: `Recorded: ${status || "no answer"}`, ...answer };
  return { name: `${name}.json`, text: `${JSON.stringify(text, null, 2)}\n` };
}

// The same for an operation that lists nothing of an instance: a file in a folder of its name.
export function fixtureOf({ parameters, status, body }) {
  if (Object.values(parameters).some((value) => value.includes("***"))) return null;
  const text = { description: `Recorded: ${status}`, parameters, status };
  try {
    if (body) text.body = JSON.parse(body);
  } catch {
    return null;
  }
  return { name: "recorded.json", text: `${JSON.stringify(text, null, 2)}\n` };
}
