// The request that the form makes, and the choice that it stands for.

import { markChoice, showChoices } from "./choices.js";
import { byId, element } from "./dom.js";
import { at } from "./mock.js";

const FIRST = "demo";
const SAFE = ["GET", "HEAD", "OPTIONS", "TRACE"];
export const form = byId("ask");
export const field = (name) => form.elements.namedItem(name);
export const writes = (method) => !SAFE.includes(method);
export let operation = null;
let states = null;

const inputs = () => [...byId("parameters").querySelectorAll("input")];
const value = (input) => input.value.toWellFormed?.() ?? input.value;
const instanceField = () => inputs().find((input) => input.dataset.name === states.tenant && input.dataset.in === "path");
const instance = () => instanceField()?.value ?? null;

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

function showBody() {
  const { body, method } = operation;
  byId("body-label").hidden = !body || !writes(method);
  byId("body-type").textContent = body ? `${body.media_type}${body.required ? "" : ", may be left out"}` : "";
  field("body").value = field("body").dataset.first = byId("body-label").hidden ? "" : body.text;
  byId("writes").hidden = !writes(method);
  byId("writes").textContent = `${method} writes: it is sent when you press a button or a choice, never because a link was opened.`;
  byId("try").textContent = writes(method) ? `Send ${method}` : "Try";
}

export function select(wanted, choose) {
  operation = wanted;
  field("operation").value = wanted.id;
  byId("endpoint").textContent = `${wanted.method} ${wanted.path}`;
  showParameters();
  showBody();
  showChoices(states, wanted, choose);
}

// What stands in the fields stays there, where the operation still has them.
export function showOperations(now, choose) {
  states = now;
  field("operation").replaceChildren(...states.operations.map(({ id, method, path, summary }) =>
    element("option", `${method} ${path}${summary ? `: ${summary}` : ""}`, { value: id })));
  byId("operation-label").hidden = states.operations.length < 2;
  const before = operation && new Map([...inputs(), field("body")].map((input) => [input.name, input.value]));
  const same = states.operations.find(({ id }) => id === operation?.id);
  const wanted = same ?? states.operations[0];
  if (!wanted) return;
  select(wanted, choose);
  if (same && before) for (const input of [...inputs(), field("body")]) input.value = before.get(input.name) ?? input.value;
}

export function asked() {
  const headers = {};
  const parameters = {};
  const query = new URLSearchParams();
  let path = operation.path;
  for (const input of inputs()) {
    const { name, in: where } = input.dataset;
    if (where === "path") {
      parameters[name] = value(input);
      path = path.replace(`{${name}}`, () => encodeURIComponent(value(input)));  // a $ in it means nothing
    } else if (where === "query") query.append(name, value(input));
    else headers[name] = value(input);
  }
  if (states.auth !== "off") headers.Authorization = `Bearer ${field("token").value}`;
  if (field("prefer").value) headers.Prefer = field("prefer").value;
  const body = field("body").value || undefined;
  if (body) headers["Content-Type"] = operation.body.media_type;
  const url = at(path) + (query.size ? `?${query}` : "");
  return { url, method: operation.method, headers, body, instance: instance(), operation: operation.id, parameters };
}

export function chosen() {
  const values = {};
  for (const input of inputs()) {
    if (input.name !== "instance" && input.value !== input.dataset.first) values[input.dataset.name] = input.value;
  }
  const plain = field("prefer").value && instance() === FIRST;
  const body = field("body");
  return {
    operation: operation.id === states.operations[0].id ? null : operation.id,
    instance: plain ? null : instance(), prefer: field("prefer").value, values,
    body: body.value === body.dataset.first ? null : body.value,
  };
}

export function take(choice, choose) {
  const wanted = states.operations.find(({ id }) => id === choice.operation) ?? states.operations[0];
  if (wanted.id !== operation.id) select(wanted, choose);
  for (const input of inputs()) input.value = choice.values[input.dataset.name] ?? input.dataset.first;
  if (instanceField()) instanceField().value = choice.instance ?? instanceField().dataset.first;
  field("prefer").value = choice.prefer;
  field("body").value = byId("body-label").hidden ? "" : choice.body ?? field("body").dataset.first;
}

export function fillIn(wanted, preference) {
  if (wanted !== null && instanceField()) instanceField().value = wanted;
  field("prefer").value = preference;
}

export const mark = () => markChoice(instance(), field("prefer").value);
