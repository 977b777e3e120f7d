// What Swagger UI keeps from a screen reader and from a keyboard: names, levels of headings, a focus.

const LEVELS = [["h2.title", 1], ["h3, .models h4", 2], ["h4", 3], ["h5, h6", 4]];

const nearest = (field, selector, inside) => field.closest(selector)?.querySelector(inside)?.textContent.trim();

function nameOf(field) {
  if (field.matches(".servers select")) return "Servers";
  if (field.matches(".examples-select-element")) return "Examples";
  if (field.matches(".content-type")) return "Media type";
  return nearest(field, "tr[data-param-name]", ".parameter__name") ?? nearest(field, ".opblock-section-request-body", "h4") ?? "Value";
}

function set(all, name, value) {
  for (const one of all) if (one.getAttribute(name) !== value) one.setAttribute(name, value);
}

function mend(root) {
  for (const [selector, level] of LEVELS) {
    for (const heading of root.querySelectorAll(selector)) {
      if (heading.ariaLevel === null) Object.assign(heading, { role: "heading", ariaLevel: String(level) });
    }
  }
  for (const field of root.querySelectorAll("select, textarea")) set([field], "aria-label", nameOf(field));
  set(root.querySelectorAll("pre"), "tabindex", "0");
  set(root.querySelectorAll(".copy-to-clipboard button"), "aria-label", "Copy");
  set(root.querySelectorAll(".close-modal"), "aria-label", "Close");
  for (const region of root.querySelectorAll("[role=region]")) set([region], "aria-label", region.id.replaceAll("_", " "));
  for (const button of root.querySelectorAll(".opblock-summary-control[aria-label]")) {
    button.removeAttribute("aria-label");  // its text says more
    button.querySelector("a")?.removeAttribute("href");  // a link in a button is no link
  }
}

// It draws its parts whenever it likes.
export function watch(root) {
  new MutationObserver(() => mend(root)).observe(root, { childList: true, subtree: true });
}
