// The answer in the pane: what came, why, and what the contract says to it.

import { byId, element, indented } from "./dom.js";
import { colour, preferred } from "./journal.js";

export let shown = null;  // what stands in the pane, for snippets and a fixture

export function factsOf(entry) {
  return [
    ["Contract", [entry.verdict, ...entry.problems].join("\n"), colour(entry.verdict)],
    ["Why", entry.source], ["Lie", entry.lie], ["Prefer", preferred(entry)],
    ["Switch", entry.preferences], ["Took", `${entry.milliseconds} ms`],
  ];
}

export const lines = (headers) => Object.entries(headers).map((pair) => pair.join(": ")).join("\n");

export function fill(id, text) {
  byId(id).textContent = text;
  byId(id).hidden = !text;
  if (byId(id).parentElement.matches("details")) byId(id).parentElement.hidden = !text;
}

export function showAnswer({ request, entry, status, code, headers, body, facts }) {
  if (!shown) byId("about").open = false;  // by now it was read
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
  fill("asked-body", request.body ?? "");
  byId("to-answer").textContent = `${status} ↓`;
  byId("to-answer").hidden = false;
}
