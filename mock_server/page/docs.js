// Shows the contract in Swagger UI. Its online validator is off: nothing leaves this machine.

import { read } from "./mock.js";
import { watch } from "./readable.js";

const base = new URL(".", location.href);  // a proxy may serve the mock below a path of its own

// A token that works and is no secret is filled in, wherever the contract asks for one.
async function authorize() {
  const { auth, token } = JSON.parse(await read("__mock/states"));
  if (auth === "off" || !token) return;
  const { components } = ui.specSelectors.specJson().toJS();
  for (const [name, scheme] of Object.entries(components?.securitySchemes ?? {})) {
    if (scheme.type === "apiKey" || scheme.scheme?.toLowerCase() === "bearer") ui.preauthorizeApiKey(name, token);
  }
}

// What is tried out is tried on this mock, whichever servers the contract names.
function here(contract) {
  for (const item of Object.values(contract.paths ?? {})) {
    delete item.servers;
    for (const operation of Object.values(item)) delete operation?.servers;
  }
  return { ...contract, servers: [{ url: base.href.replace(/\/$/, "") }] };
}

watch(document.getElementById("reference"));
const ui = SwaggerUIBundle({
  dom_id: "#reference",
  url: "__openapi.yaml",
  validatorUrl: "none",
  syntaxHighlight: { activated: false },  // its colours are too faint
  deepLinking: true,
  docExpansion: "full",
  tryItOutEnabled: true,
  persistAuthorization: true,
  onComplete: authorize,
  plugins: [{ statePlugins: { spec: { wrapActions: { updateJsonSpec: (update) => (contract) => update(here(contract)) } } } }],
});
