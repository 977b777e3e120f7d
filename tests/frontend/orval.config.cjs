// A default is what a request gets that leaves a flag out. Left in the document, the generator would
// have zod fill it into answers that never said it.
const withoutDefaults = (node) => {
  if (Array.isArray(node)) return node.map(withoutDefaults);
  if (node === null || typeof node !== "object") return node;
  const kept = Object.entries(node).filter(([name, value]) => name !== "default" || typeof value === "object");
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutDefaults(value)]));
};

module.exports = {
  webhooks: {
    input: { target: "./openapi.yaml", override: { transformer: withoutDefaults } },
    output: {
      target: "./made/orval.ts",
      client: "zod",
      override: { zod: { dateTimeOptions: { offset: true } } },
    },
  },
};
