// The command that starts the server, and the documents that it is for.

/** The documents that may be policies, manifests or suites; the server tells them by their content. */
const DOCUMENTS = [
  { language: "yaml" },
  { language: "json" },
  // Extensions for manifests give them languages of their own.
  { pattern: "**/*.{yaml,yml}" },
];

/** Returns the command of the server. */
function server(path) {
  return { command: path || "countersign", args: ["lsp"] };
}

module.exports = { DOCUMENTS, server };
