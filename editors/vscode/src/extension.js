// The extension: starts `countersign lsp`, and connects the editor with it.

const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");
const { DOCUMENTS, server } = require("./server.js");

let client;
let configuration;

async function activate(context) {
  // The severities of findings are in such files.
  configuration = workspace.createFileSystemWatcher("**/countersign-lint.yaml");
  context.subscriptions.push(
    configuration,
    commands.registerCommand("countersign.restart", restart),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("countersign.path")) {
        return restart();
      }
    }),
  );
  await start();
}

async function deactivate() {
  await stop();
}

async function restart() {
  await stop();
  await start();
}

async function start() {
  const path = workspace.getConfiguration("countersign").get("path");
  client = new LanguageClient("countersign", "Countersign", server(path), {
    documentSelector: DOCUMENTS,
    synchronize: { fileEvents: configuration },
  });
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(
      `Countersign: cannot start "${path}" (${error.message}). Install it, or set countersign.path.`,
    );
  }
}

async function stop() {
  const old = client;
  client = undefined;
  try {
    await old?.dispose();
  } catch {
    // The server has ended, or never started.
  }
}

module.exports = { activate, deactivate };
