// What is offered to copy: snippets, and an answer as a fixture.

import { fill, shown } from "./answer.js";
import { byId } from "./dom.js";
import { preferred } from "./journal.js";
import { fixture, fixtureOf } from "./snippets.js";

const KEEPS = "keeps the contract";

export function offer(title, hint, text, name = null) {
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

export async function copy(button, text) {
  const label = button.dataset.label ??= button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    byId("done").textContent = button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = label;
      byId("done").textContent = "";
    }, 1500);
  } catch {
    if (!byId("offer").open) offer("Copy this", "", text);  // a browser copies on secure origins alone
  }
}

export function offerFixture(states) {
  const { request, entry, code, body } = shown;
  const id = entry ? entry.operation : request.operation;
  const operation = states.operations.find((one) => one.id === id);
  const keeps = entry?.verdict === KEEPS;
  const made = operation?.fixtures
    ? fixture({
      instance: request.instance, status: code, body, keeps, key: states.items, examples: operation.answers,
      prefer: entry ? preferred(entry) : request.headers.Prefer,
    })
    : keeps && fixtureOf({ parameters: entry.parameters, status: code, body });
  const folder = operation?.fixtures ? "the folder" : `the folder ${id} of the one`;
  if (made) offer(`Fixture ${made.name}`, `Save it in ${folder} that --fixtures names.`, made.text, made.name);
  else offer("No fixture", "A fixture gives an answer that keeps the contract, or what Prefer can ask for. This answer is none of them.", "");
}
