// All that one can ask for, in groups, with a filter.

import { byId, element } from "./dom.js";

const LIES = [
  ["data", "Lies in the data"], ["shape", "Lies in the shape"], ["body", "Lies in the body"],
  ["status", "Lies in the status"], ["network", "Lies of the network"],
  ["writes", "Lies about writes"],
];
// What people look for first; what has another name, such as their own, comes after it.
const FIRST = [
  "demo", "empty", "many", "unauthorized", "bad-request", "server-error", "slow", "offline",
  "rate-limited", "flaky", "sequence", "disabled", "minimal",
];
const rank = (name) => (FIRST.indexOf(name) + 1) || FIRST.length + 1;
const GENERATED = [
  ["dynamic=true, seed=1", "Generated data that the contract allows"],
  ["delay=1000", "The answer, a second later"],
];
const SHORT = 12;  // characters of a name that has its description beside it
const narrow = matchMedia("(max-width: 47.99rem)");
const closed = new Map();  // what a person opened or closed stays so

function choice({ label, description, instance = null, prefer = "" }, choose) {
  const item = element("li", "", { className: label.length > SHORT || label.startsWith("lie=") ? "long" : "" });
  const button = element("button", label, { type: "button" });
  button.dataset.choice = instance ?? prefer;
  button.dataset.kind = instance === null ? "prefer" : "instance";
  button.addEventListener("click", () => choose(instance, prefer));
  item.append(button, element("span", description, { className: "quiet" }));
  return item;
}

function group(title, hint, choices, choose) {
  const made = document.createElement("details");
  made.open = !(closed.get(title) ?? (narrow.matches && title.startsWith("Lies")));
  made.addEventListener("toggle", () => { if (!byId("filter").value) closed.set(title, !made.open); });
  const list = element("ul", "", { className: "choices" });
  list.append(...choices.map((one) => choice(one, choose)));
  const summary = element("summary", title);
  summary.append(" ", element("span", choices.length, { className: "count" }));
  made.append(summary);
  if (hint) made.append(element("p", hint, { className: "quiet" }));
  made.append(list);
  return made;
}

const preference = (prefer, description) => ({ label: prefer, description, prefer });

export function showChoices(states, operation, choose) {
  const lies = states.lies.filter(({ name }) => operation.lies.includes(name));
  const titles = new Map(LIES);
  const names = new Set([...titles.keys(), ...lies.map((lie) => lie.group)]);
  const instances = (operation.states ? states.instances : [])
    .map(({ id, description }) => ({ label: id, description, instance: id }))
    .sort((one, other) => rank(one.label) - rank(other.label));
  const groups = [
    ["States", "The instance in the path picks the state. One that is not listed has an empty list.", instances],
    ["By header", "The header Prefer picks an answer for any instance.", [
      ...operation.answers.map(({ name, status, description }) => preference(`example=${name}`, description === name ? `Answer ${status}` : `${status}: ${description}`)),
      ...operation.statuses.map(({ status, description }) => preference(`code=${status}`, description)),
      ...GENERATED.map((pair) => preference(...pair)),
    ]],
    ...[...names].map((name) => [titles.get(name) ?? "Lies", "", lies
      .filter((lie) => lie.group === name)
      .map((lie) => preference(`lie=${lie.name}`, lie.description))]),
  ];
  byId("groups").replaceChildren(
    ...groups.filter(([, , choices]) => choices.length).map((parts) => group(...parts, choose)),
  );
  filter();
}

export function filter() {
  const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const made of byId("groups").children) {
    let here = 0;
    for (const item of made.querySelectorAll("li")) {
      const text = `${made.firstChild.textContent} ${item.textContent}`.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      here += !item.hidden;
    }
    made.hidden = here === 0;
    if (words.length) made.open = true;
    found += here;
  }
  byId("found").textContent = !words.length ? "" : found ? `${found} found` : "No choice has these words.";
}

export function markChoice(instance, prefer) {
  for (const button of byId("groups").querySelectorAll("button")) {
    const { kind, choice: name } = button.dataset;
    const current = kind === "prefer" ? name === prefer : name === instance && !prefer;
    button.ariaCurrent = current ? "true" : null;
    if (current) showInPane(button);
  }
}

// What a link chose may stand far down; only the list moves, never the page.
function showInPane(button) {
  const pane = byId("groups");
  const [seen, of] = [button.getBoundingClientRect(), pane.getBoundingClientRect()];
  if (seen.height && (seen.top < of.top || seen.bottom > of.bottom)) pane.scrollTop += seen.top - of.top - of.height / 3;
}
