// Texts of fixtures and requests reach the page as text alone (textContent), never as markup.

export const byId = (id) => document.getElementById(id);

export function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  Object.assign(made, attributes);
  return made;
}

// Backticks are all of Markdown that counts in a line or two.
export const withCode = (text) => text.split("`").map((part, index) => (index % 2 ? element("code", part) : part));

export function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
