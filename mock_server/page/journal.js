// The list of requests, newest first; what stands there stays, so a selection survives news.

import { element } from "./dom.js";

const COLOURS = { "keeps the contract": "good", "breaks the contract": "bad" };
const MOST = 100;

export const colour = (verdict) => COLOURS[verdict] ?? "quiet";
export const target = ({ path, query }) => `${path}${query && `?${query}`}`;
export const preferred = (entry) => entry.prefer || entry.request_headers.prefer || "";

function row(entry, show) {
  const item = document.createElement("li");
  const button = element("button", "", { type: "button" });
  const words = [
    [`${entry.method} ${target(entry)}`.slice(0, 200), "target"],
    [entry.status || "no answer", `status s${String(entry.status)[0]}`],
    [`${entry.milliseconds} ms`, "quiet"],
    [entry.time.slice(11, 19), "quiet"],
    [entry.verdict, colour(entry.verdict)],
    [preferred(entry) && `Prefer: ${preferred(entry)}`.slice(0, 80), "mark"],
    [entry.lie && `lie: ${entry.lie}`, "mark"],
    [entry.preferences && `switch: ${entry.preferences}`, "mark loud"],
  ];
  for (const [text, className] of words) if (text) button.append(element("span", text, { className }), " ");
  button.addEventListener("click", () => show(entry, item));
  item.append(button);
  return item;
}

export class Journal {
  rows = new Map();

  constructor(list, empty, show) {
    Object.assign(this, { list, empty, show });
  }

  update(entries) {
    const wanted = new Map(entries.slice(-MOST).reverse().map((entry) => [`${entry.number} ${entry.time}`, entry]));
    for (const [key, item] of this.rows) {
      if (wanted.has(key)) continue;
      item.remove();
      this.rows.delete(key);
    }
    const fresh = [];
    for (const [key, entry] of wanted) {
      if (this.rows.has(key)) continue;
      const item = row(entry, this.show);
      this.rows.set(key, item);
      fresh.push(item);
    }
    this.list.prepend(...fresh);
    this.empty.hidden = this.rows.size > 0;
    this.list.hidden = this.rows.size === 0;
  }

  rowOf({ number, time }) {
    return this.rows.get(`${number} ${time}`);
  }

  mark(item) {
    for (const other of this.rows.values()) other.firstChild.ariaCurrent = other === item ? "true" : null;
  }
}
