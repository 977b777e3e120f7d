// Shows the contract in Swagger UI. Its online validator is off: nothing leaves this machine.

SwaggerUIBundle({
  dom_id: "#reference",
  url: "/openapi.yaml",
  validatorUrl: "none",
  deepLinking: true,
  docExpansion: "full",
  tryItOutEnabled: true,
  persistAuthorization: true,
});
