// The page at /: what the mock says of itself, and what a person does.

import { parsed, unescaped, written } from "./address.js";
import { factsOf, lines, showAnswer, shown } from "./answer.js";
import { filter } from "./choices.js";
import { byId, element, withCode } from "./dom.js";
import { showKept } from "./kept.js";
import { Journal, target } from "./journal.js";
import { at, exchange, prefer, read, reset } from "./mock.js";
import { copy, offerFixture } from "./offers.js";
import { asked, chosen, field, fillIn, form, mark, operation, select, showOperations, take, writes } from "./request.js";
import { SNIPPETS } from "./snippets.js";

const POLL = 1000;
const AGAIN = /^(accept|content-type|prefer|x-.*)$/;  // what counts when a request is sent again
const journal = new Journal(byId("journal"), byId("journal-empty"), showExchange);
let states = null;
let told = null;
let trouble = null;
let latest = 0;    // the number of the newest exchange that the list knows
let attempts = 0;  // only the newest attempt is shown, however slow an older one is

// --- asking

function choose(instance, preference) {
  fillIn(instance, preference);
  return go();
}

function go() {
  if (!operation) return null;
  const address = written(chosen());
  if (address !== location.hash) history.pushState(null, "", address);
  return attempt();
}

async function attempt() {
  const mine = ++attempts;
  const before = latest;
  const request = asked();
  const { url, method, headers, body } = request;
  mark();
  const start = performance.now();
  const said = { request, entry: null, facts: [] };
  try {
    const response = await fetch(url, { method, headers, body, cache: "no-store" });
    Object.assign(said, {
      status: `${response.status} ${response.statusText}`, code: response.status,
      headers: [...response.headers].map((pair) => pair.join(": ")).join("\n"),
      body: await response.text(),
      facts: [["Why", response.headers.get("mock-source")], ["Lie", response.headers.get("mock-lie")], ["Took", `${Math.round(performance.now() - start)} ms`]],
    });
  } catch (error) {
    Object.assign(said, { status: `No answer: ${error.message}`, code: 0, headers: "", body: "" });
  }
  if (mine === attempts) show(said);
  const entries = await refresh();
  const path = unescaped(new URL(url).pathname);
  const entry = entries?.findLast((one) => one.number > before && one.method === method && path.endsWith(unescaped(one.path)));
  if (mine === attempts && entry) show({ ...said, entry, facts: factsOf(entry) });
}

function show(said, item = null) {
  showAnswer(said);
  journal.mark(item ?? (said.entry && journal.rowOf(said.entry)));
}

async function showExchange(entry, item) {
  const mine = ++attempts;
  const headers = Object.fromEntries(Object.entries(entry.request_headers)
    .filter(([name, text]) => AGAIN.test(name) && !text.endsWith("***")));
  if (entry.request_headers.authorization) headers.authorization = `Bearer ${field("token").value || "…"}`;
  let archived = null;
  try {
    archived = await exchange(entry.number);
  } catch (error) {
    trouble = troubled(error);
    showAlerts();
  }
  if (mine !== attempts) return;
  const body = archived?.request.postData?.text;
  const length = Number(entry.request_headers["content-length"] ?? 0);
  const lost = body === undefined && length > 0;
  show({
    request: { url: at(target(entry)), method: entry.method, headers, body, instance: entry.instance },
    entry, code: entry.status,
    status: `${entry.status || "No answer"}: ${entry.method} ${target(entry)}`,
    headers: lines(entry.response_headers), body: archived?.response.content.text ?? "",
    facts: [...factsOf(entry), ["Body", lost && `${length} bytes were sent, which the mock does not keep: curl and fetch lack them.`]],
  }, item);
}

// --- what the mock says of itself

function showStates() {
  byId("title").textContent = `Mock of ${states.title}`;
  byId("about").hidden = !states.description;
  byId("about-text").replaceChildren(...withCode(states.description.trim()));
  byId("token-label").hidden = states.auth === "off";
  if (!field("token").value && states.token) field("token").value = states.token;
  byId("words").replaceChildren(...[...new Set(states.operations.flatMap(({ lies, examples }) =>
    [...examples.map((name) => `example=${name}`), ...lies.map((name) => `lie=${name}`)]))]
    .map((text) => element("option", "", { value: text })));
  showOperations(states, choose);
  if (shown) mark();
}

function showSwitch() {
  const text = states.prefer ?? null;
  byId("switch").hidden = byId("for-all").hidden = text === null;
  if (byId("switch").dataset.now === text) return;
  byId("switch").dataset.now = text;
  byId("switch").classList.toggle("on", Boolean(text));
  byId("switch-off").hidden = !text;
  byId("switch-prefer").value = text ?? "";
  byId("switch-said").textContent = text ? `ON: every answer of this mock prefers ${text}.` : "";
  document.title = `${text ? "● " : ""}Mock of ${states.title.replace(/ [\d.]+$/, "")}`;
}

async function turn(text) {
  try {
    await prefer(text);
    await refresh();
  } catch (error) {
    byId("switch-said").textContent = `Not changed. ${error.message}`;
  }
}

const troubled = (error) => `The mock does not answer (${error.message}). Is it still running? What stands here may be old.`;

function showAlerts() {
  const alerts = trouble ? [element("p", trouble)] : [];
  if (states?.flaws.length) alerts.push(element("p", `The fixtures are as they were before they were saved with mistakes:\n${states.flaws.join("\n")}`));
  if (states?.contract_changed) alerts.push(element("p", "The contract has changed; restart the mock to serve it."));
  if (states?.lie) alerts.push(element("p", `Every answer is a lie: ${states.lie}.`));
  if (byId("alerts").textContent !== alerts.map((alert) => alert.textContent).join("")) {
    byId("alerts").replaceChildren(...alerts);
  }
}

async function refresh() {
  try {
    states = JSON.parse(await read("__mock/states"));
    // What else changes leaves the choices alone, and the focus with them.
    const key = JSON.stringify({ ...states, prefer: "", lie: "", "flaws": [], notes: [] });
    if (key !== told) showStates();
    showSwitch();
    told = key;
    const { entries, last } = JSON.parse(await read("__mock/journal?limit=100"));
    latest = last ?? latest;
    journal.update(entries);
    await showKept();
    trouble = null;
    showAlerts();
    return entries;
  } catch (error) {
    trouble = troubled(error);
    showAlerts();
    return null;
  }
}

async function poll() {
  if (!document.hidden) await refresh();
  setTimeout(poll, POLL);
}

// --- what a person does

form.addEventListener("submit", (event) => { event.preventDefault(); go(); });
field("operation").addEventListener("change", () => {
  select(states.operations.find(({ id }) => id === field("operation").value), choose);
});
for (const button of form.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => { if (operation) copy(button, SNIPPETS[button.dataset.copy](asked())); });
}
for (const button of document.querySelectorAll("[data-shown]")) {
  button.addEventListener("click", () => copy(button, SNIPPETS[button.dataset.shown](shown.request)));
}
byId("make-fixture").addEventListener("click", () => offerFixture(states));
byId("offer-copy").addEventListener("click", () => copy(byId("offer-copy"), byId("offer-text").textContent));
byId("offer-close").addEventListener("click", () => byId("offer").close());
byId("filter").addEventListener("input", filter);
byId("skip").addEventListener("click", () => [...form.elements].find((one) => one.offsetParent).focus());
byId("to-answer").addEventListener("click", () => byId("answer").scrollIntoView());
byId("for-all").addEventListener("click", () => turn(field("prefer").value));
byId("switch").addEventListener("submit", (event) => { event.preventDefault(); turn(byId("switch-prefer").value); });
byId("switch-off").addEventListener("click", () => turn(""));
byId("reset").addEventListener("click", async () => {
  try {
    await reset();
  } catch (error) {
    show({ request: asked(), entry: null, code: 0, status: `No reset: ${error.message}`, headers: "", body: "", facts: [] });
  }
  await refresh();
});

async function follow() {
  if (!operation) return;
  take(parsed(location.hash), choose);
  if (!location.hash) return;
  if (writes(operation.method)) mark();
  else await attempt();  // a link to a choice
}
addEventListener("popstate", follow);

await refresh();
await follow();
setTimeout(poll, POLL);
