// What clients have written, as the mock keeps it.

import { byId, element } from "./dom.js";
import { read } from "./mock.js";

let told = "";
const opened = new Set();

function list({ id, items }) {
  const details = element("details", "", { open: opened.has(id) });
  details.append(
    element("summary", `${id}: ${items.length}`),
    element("pre", JSON.stringify(items, null, 2), { tabIndex: 0, role: "region", ariaLabel: `What ${id} has` }),
  );
  details.addEventListener("toggle", () => (details.open ? opened.add(id) : opened.delete(id)));
  return details;
}

export async function showKept() {
  const text = await read("__mock/state");
  if (text === told) return;
  told = text;
  const { instances } = JSON.parse(text);
  byId("kept").hidden = instances.length === 0;
  byId("kept-lists").replaceChildren(...instances.map(list));
}
