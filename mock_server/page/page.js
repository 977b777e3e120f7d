// Texts of fixtures and requests reach the page as text alone (textContent), never as markup.

const byId = (id) => document.getElementById(id);
const form = byId("ask");
const field = (name) => form.elements.namedItem(name);
const PATIENCE = 5000;  // milliseconds for an answer of the mock
let states = null;
let trouble = null;
const shown = { states: null, journal: null };

// Relative, since a proxy may serve the mock below a path of its own.
const at = (path) => new URL(path.replace(/^\/+/, ""), new URL(".", location.href)).href;

async function read(path, options = {}) {
  const response = await fetch(at(path), { signal: AbortSignal.timeout(PATIENCE), ...options });
  if (response.ok) return response.text();
  const { message } = await response.json().catch(() => ({ message: response.statusText }));
  throw new Error(`${response.status}: ${message}`);
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  Object.assign(made, attributes);
  return made;
}

function asked() {
  const instance = field("instance").value;
  const segment = encodeURIComponent(instance.toWellFormed?.() ?? instance);
  const path = states.path.replace("{instanceId}", () => segment);  // a $ in it means nothing
  const headers = {};
  if (states.auth !== "off") headers.Authorization = `Bearer ${field("token").value}`;
  if (field("prefer").value) headers.Prefer = field("prefer").value;
  return { url: at(path), headers };
}

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

const SNIPPETS = {
  curl({ url, headers }) {
    const options = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)} `);
    return `curl -i ${options.join("")}${quoted(url)}`;
  },
  fetch({ url, headers }) {
    return `const response = await fetch(${JSON.stringify(url)}, {\n  headers: ${JSON.stringify(headers)},\n});`;
  },
};

function showAnswer(status, headers, body) {
  byId("answer").hidden = false;
  byId("answer-status").textContent = status;
  byId("answer-headers").textContent = headers;
  byId("answer-body").textContent = body;
}

async function attempt() {
  if (!states) return;
  const { url, headers } = asked();
  try {
    const response = await fetch(url, { headers, cache: "no-store" });
    const list = [...response.headers].map((pair) => pair.join(": ")).join("\n");
    showAnswer(`${response.status} ${response.statusText}`, list, indented(await response.text()));
  } catch (error) {
    showAnswer(`No answer: ${error.message}`, "", "");
  }
  await refresh();
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function choose(instance, prefer) {
  if (instance !== null) field("instance").value = instance;
  field("prefer").value = prefer;
  byId("ask-heading").scrollIntoView();
  return attempt();
}

function choice(label, description, instance, prefer) {
  const item = document.createElement("li");
  const button = element("button", label, { type: "button" });
  button.addEventListener("click", () => choose(instance, prefer));
  item.append(button, element("span", description));
  return item;
}

function showStates() {
  byId("title").textContent = `Mock of ${states.title}`;
  byId("endpoint").textContent = `${states.method} ${states.path}`;
  byId("token-label").hidden = states.auth === "off";
  if (!field("token").value && states.token) field("token").value = states.token;
  byId("operations-section").hidden = states.operations.length < 2;
  byId("operations").replaceChildren(
    ...states.operations.map(({ method, path, summary }) =>
      element("li", [`${method} ${path}`, summary].filter(Boolean).join(": "))),
  );
  byId("instances").replaceChildren(
    ...states.instances.map(({ id, description }) => choice(id, description, id, "")),
  );
  byId("examples").replaceChildren(
    ...states.examples.map(({ name, status, description }) =>
      choice(`example=${name}`, `${status}: ${description}`, null, `example=${name}`)),
    choice("dynamic=true, seed=1", "Generated data that the contract allows", null, "dynamic=true, seed=1"),
    choice("delay=1000", "The answer, a second later", null, "delay=1000"),
  );
  byId("lies").replaceChildren(
    ...states.lies.map(({ name, description }) => choice(`lie=${name}`, description, null, `lie=${name}`)),
  );
}

function showAlerts() {
  const alerts = trouble ? [element("p", trouble)] : [];
  if (states?.flaws.length) alerts.push(element("p", `The fixtures are as they were before they were saved with mistakes:\n${states.flaws.join("\n")}`));
  if (states?.contract_changed) alerts.push(element("p", "The contract has changed; restart the mock to serve it."));
  if (states?.lie) alerts.push(element("p", `Every answer is a lie: ${states.lie}.`));
  if (byId("alerts").textContent !== alerts.map((alert) => alert.textContent).join("")) {
    byId("alerts").replaceChildren(...alerts);
  }
}

const COLOURS = { "keeps the contract": "good", "breaks the contract": "bad" };

function row(entry) {
  const made = document.createElement("tr");
  const verdict = [entry.verdict, ...entry.problems].join("\n");
  made.append(
    element("td", entry.time.slice(11, 19)),
    element("td", `${entry.method} ${entry.path}${entry.query && `?${entry.query}`}`.slice(0, 200)),
    element("td", entry.status || "no answer"),
    element("td", entry.lie ? `${entry.source}; lie: ${entry.lie}` : entry.source),
    element("td", verdict, { className: COLOURS[entry.verdict] ?? "" }),
  );
  return made;
}

async function showJournal() {
  const { entries } = JSON.parse(await read("__mock/journal?limit=30"));
  const newest = entries.at(-1);
  const key = newest ? `${newest.number} ${newest.time}` : "";
  if (key === shown.journal) return;  // leave a selection alone
  shown.journal = key;
  byId("journal").replaceChildren(...entries.slice(-30).reverse().map(row));
  byId("journal-empty").hidden = entries.length > 0;
}

async function refresh() {
  try {
    const told = await read("__mock/states");
    states = JSON.parse(told);
    if (told !== shown.states) showStates();
    shown.states = told;
    await showJournal();
    trouble = null;
  } catch (error) {
    trouble = `The mock does not answer (${error.message}). Is it still running? What stands here may be old.`;
  }
  showAlerts();
}

async function poll() {
  if (!document.hidden) await refresh();
  setTimeout(poll, 2000);
}

function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;  // a percent sign that escapes nothing is one
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt();
});

for (const button of form.querySelectorAll("[data-copy]")) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    if (!states) return;
    const snippet = SNIPPETS[button.dataset.copy](asked());
    try {
      await navigator.clipboard.writeText(snippet);
      button.textContent = "Copied";
    } catch {
      showAnswer("Copy this", "", snippet);  // a browser copies on secure origins alone
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  });
}

byId("reset").addEventListener("click", async () => {
  try {
    // No form can send this header, so no page of another origin can reset the mock.
    await read("__mock/reset", { method: "POST", headers: { "X-Requested-With": "fetch" } });
  } catch (error) {
    showAnswer(`No reset: ${error.message}`, "", "");
  }
  await refresh();
});

await refresh();
if (location.hash) {
  field("instance").value = unescaped(location.hash.slice(1));  // a link to a state
  await attempt();
}
setTimeout(poll, 2000);
