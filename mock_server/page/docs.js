// Shows the contract as it is: operations, answers, members and examples.

const contract = await (await fetch("/__mock/openapi.json")).json();

function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

const resolved = (value) =>
  value?.$ref ? value.$ref.slice(2).split("/").reduce((place, key) => place[key], contract) : value;

function typeOf(schema) {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.type === "array") return `array of ${schema.items.$ref?.split("/").pop() ?? typeOf(schema.items)}`;
  return schema.format ? `${schema.type} (${schema.format})` : schema.type ?? "anything";
}

function notes(schema) {
  const facts = [schema.title, schema.description];
  if ("default" in schema) facts.push(`Default: ${schema.default}.`);
  if (schema.deprecated) facts.push("Deprecated.");
  if (schema["x-assumption"]) facts.push("An assumption of this contract.");
  return facts.filter(Boolean).join(" · ");
}

function members(schema, prefix = "") {
  const whole = resolved(schema);
  if (whole.type === "array") return members(whole.items, `${prefix}[].`);
  return Object.entries(whole.properties ?? {}).flatMap(([name, value]) => {
    const member = resolved(value);
    const required = whole.required?.includes(name) ? "required" : "optional";
    return [[prefix + name, typeOf(member), required, notes(member)], ...members(member, `${prefix}${name}.`)];
  });
}

function table(head, rows) {
  const made = element(
    "table",
    element("thead", element("tr", ...head.map((text) => Object.assign(element("th", text), { scope: "col" })))),
    element("tbody", ...rows.map((cells) => element("tr", ...cells.map((text) => element("td", text))))),
  );
  const scroll = Object.assign(element("div", made), { className: "scroll", tabIndex: 0 });
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", head.join(", "));
  return scroll;
}

function answer([status, response]) {
  const [mediaType, content] = Object.entries(response.content)[0];
  const made = element("section", element("h3", `${status} ${response.description}`), element("p", element("code", mediaType)));
  made.append(table(["Member", "Type", "Presence", "Notes"], members(content.schema)));
  for (const [name, example] of Object.entries(content.examples ?? {})) {
    made.append(
      element("details", element("summary", `${name}: ${example.summary}`), element("pre", JSON.stringify(example.value, null, 2))),
    );
  }
  return made;
}

function operation(path, method, value) {
  return element(
    "section",
    element("h2", `${method.toUpperCase()} ${path}`),
    element("p", value.description ?? value.summary),
    table(
      ["Parameter", "In", "Presence", "Notes"],
      (value.parameters ?? []).map((item) => [item.name, item.in, item.required ? "required" : "optional", item.description ?? ""]),
    ),
    element("p", `Credentials: ${(value.security ?? []).flatMap(Object.keys).join(" or ") || "none"}`),
    ...Object.entries(value.responses).map(answer),
  );
}

document.getElementById("title").textContent = `${contract.info.title} ${contract.info.version}`;
document.getElementById("operations").replaceChildren(
  element("p", contract.info.description),
  ...Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, value]) => operation(path, method, value))),
);
