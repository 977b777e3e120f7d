// Shows the contract in Swagger UI. Its online validator is off: nothing leaves this machine.

const base = new URL(".", location.href);  // a proxy may serve the mock below a path of its own

SwaggerUIBundle({
  dom_id: "#reference",
  url: "__openapi.yaml",
  validatorUrl: "none",
  deepLinking: true,
  docExpansion: "full",
  tryItOutEnabled: true,
  persistAuthorization: true,
  requestInterceptor(request) {
    const url = new URL(request.url, base);
    if (!url.pathname.startsWith(base.pathname)) url.pathname = base.pathname + url.pathname.slice(1);
    return { ...request, url: url.href };
  },
});
