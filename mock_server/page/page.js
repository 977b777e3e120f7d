// The page at /: choices, the request that they make, its answer, and what was asked lately.

import { parsed, written } from "./address.js";
import { filter, markChoice, showChoices } from "./choices.js";
import { byId, element, indented } from "./dom.js";
import { Journal, colour, preferred, target } from "./journal.js";
import { at, exchange, prefer, read, reset } from "./mock.js";
import { SNIPPETS, fixture } from "./snippets.js";

const POLL = 1000;
const AGAIN = /^(accept|content-type|prefer|x-.*)$/;  // what counts when a request is sent again
const FIRST = "demo";
const form = byId("ask");
const field = (name) => form.elements.namedItem(name);
const journal = new Journal(byId("journal"), byId("journal-empty"), showExchange);
let states = null;
let operation = null;
let told = null;
let trouble = null;
let latest = 0;    // the number of the newest exchange that the list knows
let attempts = 0;  // only the newest attempt is shown, however slow an older one is
let shown = null;  // the request in the pane, for snippets and a fixture

// --- the request

const inputs = () => [...byId("parameters").querySelectorAll("input")];
const value = (input) => input.value.toWellFormed?.() ?? input.value;
const instanceField = () => inputs().find((input) => input.dataset.name === states.tenant && input.dataset.in === "path");

function showParameters() {
  byId("parameters").replaceChildren(...operation.parameters.map((parameter) => {
    const mine = parameter.name === states.tenant && parameter.in === "path";
    const label = element("label", mine ? "Instance " : `${parameter.name} `);
    const input = element("input", "", {
      name: mine ? "instance" : `${parameter.in}.${parameter.name}`,
      value: mine && operation.fixtures ? FIRST : parameter.value,
      required: parameter.in === "path", autocomplete: "off", spellcheck: false,
    });
    Object.assign(input.dataset, { name: parameter.name, in: parameter.in, first: input.value });
    label.append(input);
    return label;
  }));
}

function asked() {
  const headers = {};
  const query = new URLSearchParams();
  let path = operation.path;
  for (const input of inputs()) {
    const { name, in: where } = input.dataset;
    if (where === "path") path = path.replace(`{${name}}`, () => encodeURIComponent(value(input)));  // a $ in it means nothing
    else if (where === "query") query.append(name, value(input));
    else headers[name] = value(input);
  }
  if (states.auth !== "off") headers.Authorization = `Bearer ${field("token").value}`;
  if (field("prefer").value) headers.Prefer = field("prefer").value;
  const url = at(path) + (query.size ? `?${query}` : "");
  return { url, method: operation.method, headers, instance: instanceField()?.value ?? null };
}

function chosen() {
  const values = {};
  for (const input of inputs()) {
    if (input.name !== "instance" && input.value !== input.dataset.first) values[input.dataset.name] = input.value;
  }
  const instance = instanceField()?.value ?? null;
  const plain = field("prefer").value && instance === FIRST;
  return {
    operation: operation.id === states.operations[0].id ? null : operation.id,
    instance: plain ? null : instance, prefer: field("prefer").value, values,
  };
}

function take(choice) {
  const wanted = states.operations.find(({ id }) => id === choice.operation) ?? states.operations[0];
  if (wanted.id !== operation.id) select(wanted);
  for (const input of inputs()) input.value = choice.values[input.dataset.name] ?? input.dataset.first;
  if (instanceField()) instanceField().value = choice.instance ?? instanceField().dataset.first;
  field("prefer").value = choice.prefer;
}

function select(wanted) {
  operation = wanted;
  field("operation").value = wanted.id;
  byId("endpoint").textContent = `${wanted.method} ${wanted.path}`;
  showParameters();
  showChoices(states, wanted, choose);
}

function choose(instance, preference) {
  if (instance !== null && instanceField()) instanceField().value = instance;
  field("prefer").value = preference;
  return go();
}

function go() {
  if (!states) return null;
  const address = written(chosen());
  if (address !== location.hash) history.pushState(null, "", address);
  return attempt();
}

async function attempt() {
  const mine = ++attempts;
  const before = latest;
  const request = asked();
  const { url, method, headers } = request;
  markChoice(request.instance, field("prefer").value);
  const start = performance.now();
  const said = { request, entry: null, facts: [] };
  try {
    const response = await fetch(url, { method, headers, cache: "no-store" });
    Object.assign(said, {
      status: `${response.status} ${response.statusText}`, code: response.status,
      headers: [...response.headers].map((pair) => pair.join(": ")).join("\n"),
      body: await response.text(),
      facts: [["Why", response.headers.get("mock-source")], ["Lie", response.headers.get("mock-lie")], ["Took", `${Math.round(performance.now() - start)} ms`]],
    });
  } catch (error) {
    Object.assign(said, { status: `No answer: ${error.message}`, code: 0, headers: "", body: "" });
  }
  if (mine === attempts) showAnswer(said);
  const entries = await refresh();
  const path = decoded(new URL(url).pathname);
  const entry = entries?.findLast((one) => one.number > before && path.endsWith(decoded(one.path)));
  if (mine === attempts && entry) showAnswer({ ...said, entry, facts: factsOf(entry) });
}

function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

// --- the answer

function factsOf(entry) {
  return [
    ["Contract", [entry.verdict, ...entry.problems].join("\n"), colour(entry.verdict)],
    ["Why", entry.source], ["Lie", entry.lie], ["Prefer", preferred(entry)],
    ["Switch", entry.preferences], ["Took", `${entry.milliseconds} ms`],
  ];
}

const lines = (headers) => Object.entries(headers).map((pair) => pair.join(": ")).join("\n");

function fill(id, text) {
  byId(id).textContent = text;
  byId(id).hidden = !text;
  if (byId(id).parentElement.matches("details")) byId(id).parentElement.hidden = !text;
}

function showAnswer({ request, entry, status, code, headers, body, facts, item = null }) {
  shown = { request, entry, code, body };
  byId("hint").hidden = true;
  byId("answer").hidden = false;
  byId("answer-status").textContent = status;
  byId("answer-status").className = `status s${String(code)[0]}`;
  byId("facts").replaceChildren(...facts.filter(([, text]) => text).flatMap(([name, text, className = ""]) =>
    [element("dt", name), element("dd", text, { className })]));
  fill("answer-headers", headers);
  fill("answer-body", indented(body));
  fill("asked-headers", lines(entry?.request_headers ?? request.headers));
  byId("to-answer").textContent = `${status} ↓`;
  byId("to-answer").hidden = false;
  journal.mark(item ?? (entry && journal.rows.get(`${entry.number} ${entry.time}`)));
}

async function showExchange(entry, item) {
  attempts += 1;
  const mine = attempts;
  const headers = Object.fromEntries(Object.entries(entry.request_headers)
    .filter(([name, text]) => AGAIN.test(name) && !text.endsWith("***")));
  if (entry.request_headers.authorization) headers.authorization = `Bearer ${field("token").value || "…"}`;
  const request = { url: at(target(entry)), method: entry.method, headers, instance: entry.instance };
  let archived = null;
  try {
    archived = await exchange(entry.number);
  } catch (error) {
    trouble = troubled(error);
    showAlerts();
  }
  if (mine !== attempts) return;
  showAnswer({
    request, entry, item, code: entry.status,
    status: `${entry.status || "No answer"}: ${entry.method} ${target(entry)}`,
    headers: lines(entry.response_headers), body: archived?.response.content.text ?? "",
    facts: factsOf(entry),
  });
}

// --- what is offered to copy

function offer(title, hint, text, name = null) {
  byId("offer-heading").textContent = title;
  fill("offer-hint", hint);
  fill("offer-text", text);
  byId("offer-copy").hidden = !text;
  const link = byId("offer-file");
  URL.revokeObjectURL(link.href);
  link.hidden = name === null;
  if (name) Object.assign(link, { href: URL.createObjectURL(new Blob([text])), download: name });
  byId("offer").showModal();
}

async function copy(button, text) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  } catch {
    if (!byId("offer").open) offer("Copy this", "", text);  // a browser copies on secure origins alone
  }
}

function offerFixture() {
  const { request, entry, code, body } = shown;
  const made = fixture({
    instance: request.instance, status: code, body, key: states.items, examples: operation.answers,
    keeps: entry?.verdict === "keeps the contract",
    prefer: entry ? preferred(entry) : request.headers.Prefer,
  });
  if (made) offer(`Fixture ${made.name}`, "Save it in the folder that --fixtures names.", made.text, made.name);
  else offer("No fixture", "A fixture gives a list that keeps the contract, an error that the contract shows, or what Prefer can ask for. This answer is none of them.", "");
}

// --- what the mock says of itself

function showStates() {
  byId("title").textContent = `Mock of ${states.title}`;
  byId("token-label").hidden = states.auth === "off";
  if (!field("token").value && states.token) field("token").value = states.token;
  field("operation").replaceChildren(...states.operations.map(({ id, method, path, summary }) =>
    element("option", `${method} ${path}${summary ? `: ${summary}` : ""}`, { value: id })));
  byId("operation-label").hidden = states.operations.length < 2;
  byId("words").replaceChildren(...[...new Set(states.operations.flatMap(({ lies, examples }) =>
    [...examples.map((name) => `example=${name}`), ...lies.map((name) => `lie=${name}`)]))]
    .map((text) => element("option", "", { value: text })));
  const before = operation && inputs().map((input) => [input.name, input.value]);
  const wanted = states.operations.find(({ id }) => id === operation?.id) ?? states.operations[0];
  if (!wanted) return;
  select(wanted);
  for (const input of inputs()) input.value = before?.find(([name]) => name === input.name)?.[1] ?? input.value;
  if (shown) markChoice(instanceField()?.value ?? null, field("prefer").value);
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
  select(states.operations.find(({ id }) => id === field("operation").value));
});
for (const button of form.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => { if (operation) copy(button, SNIPPETS[button.dataset.copy](asked())); });
}
for (const button of document.querySelectorAll("[data-shown]")) {
  button.addEventListener("click", () => copy(button, SNIPPETS[button.dataset.shown](shown.request)));
}
byId("make-fixture").addEventListener("click", offerFixture);
byId("offer-copy").addEventListener("click", () => copy(byId("offer-copy"), byId("offer-text").textContent));
byId("offer-close").addEventListener("click", () => byId("offer").close());
byId("filter").addEventListener("input", filter);
byId("to-answer").addEventListener("click", () => byId("answer").scrollIntoView());
byId("for-all").addEventListener("click", () => turn(field("prefer").value));
byId("switch").addEventListener("submit", (event) => { event.preventDefault(); turn(byId("switch-prefer").value); });
byId("switch-off").addEventListener("click", () => turn(""));
byId("reset").addEventListener("click", async () => {
  try {
    await reset();
  } catch (error) {
    showAnswer({ request: asked(), entry: null, code: 0, status: `No reset: ${error.message}`, headers: "", body: "", facts: [] });
  }
  await refresh();
});

async function follow() {
  if (!operation) return;
  take(parsed(location.hash));
  if (location.hash) await attempt();  // a link to a choice
}
addEventListener("popstate", follow);

await refresh();
await follow();
setTimeout(poll, POLL);
