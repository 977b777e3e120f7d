// Shows the contract in Swagger UI. Its online validator is off: nothing leaves this machine.

import { read } from "./mock.js";

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

const ui = SwaggerUIBundle({
  dom_id: "#reference",
  url: "__openapi.yaml",
  validatorUrl: "none",
  deepLinking: true,
  docExpansion: "full",
  tryItOutEnabled: true,
  persistAuthorization: true,
  onComplete: authorize,
  requestInterceptor(request) {
    const url = new URL(request.url, base);
    if (!url.pathname.startsWith(base.pathname)) url.pathname = base.pathname + url.pathname.slice(1);
    return { ...request, url: url.href };
  },
});
