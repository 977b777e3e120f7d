// Texts of fixtures and requests reach the page as text alone (textContent), never as markup.

const byId = (id) => document.getElementById(id);
const form = byId("ask");
const field = (name) => form.elements.namedItem(name);
let states;
let shown = null;

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  Object.assign(made, attributes);
  return made;
}

function asked() {
  const path = states.path.replace("{instanceId}", encodeURIComponent(field("instance").value));
  const headers = {};
  if (states.auth !== "off") headers.Authorization = `Bearer ${field("token").value}`;
  if (field("prefer").value) headers.Prefer = field("prefer").value;
  return { url: location.origin + path, headers };
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
  const { url, headers } = asked();
  try {
    const response = await fetch(url, { headers, cache: "no-store" });
    const list = [...response.headers].map((pair) => pair.join(": ")).join("\n");
    showAnswer(`${response.status} ${response.statusText}`, list, indented(await response.text()));
  } catch (error) {
    showAnswer(`No answer: ${error.message}`, "", "");
  }
  await showJournal();
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
  const alerts = states.flaws.length
    ? [element("p", `The fixtures are as they were before they were saved with mistakes:\n${states.flaws.join("\n")}`)]
    : [];
  if (states.contract_changed) alerts.push(element("p", "The contract has changed; restart the mock to serve it."));
  if (states.lie) alerts.push(element("p", `Every answer is a lie: ${states.lie}.`));
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
    element("td", `${entry.method} ${entry.path}`.slice(0, 200)),
    element("td", entry.status || "no answer"),
    element("td", entry.lie ? `${entry.source}; lie: ${entry.lie}` : entry.source),
    element("td", verdict, { className: COLOURS[entry.verdict] ?? "" }),
  );
  return made;
}

async function showJournal() {
  const { entries } = await (await fetch("/__mock/journal?limit=30")).json();
  const newest = entries.at(-1)?.number ?? 0;
  if (newest === shown) return;  // leave a selection alone
  shown = newest;
  byId("journal").replaceChildren(...entries.slice(-30).reverse().map(row));
  byId("journal-empty").hidden = entries.length > 0;
}

async function refresh() {
  states = await (await fetch("/__mock/states")).json();
  showAlerts();
  await showJournal();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt();
});

for (const button of form.querySelectorAll("[data-copy]")) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
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
  await fetch("/__mock/reset", { method: "POST" });
  await showJournal();
});

await refresh();
showStates();
if (location.hash) {
  field("instance").value = decodeURIComponent(location.hash.slice(1));  // a link to a state
  await attempt();
}
setInterval(() => { if (!document.hidden) refresh().catch(() => {}); }, 2000);
