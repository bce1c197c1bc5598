// Tests the packed extension: what it contains, that it loads, and a session between its client library and the program
// (`COUNTERSIGN`, or else `target/debug/countersign`).

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import Module, { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import {
  CodeActionRequest,
  CompletionRequest,
  createProtocolConnection,
  DidOpenTextDocumentNotification,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

const require = createRequire(import.meta.url);
const { server } = require("../src/server.js");
const program = process.env.COUNTERSIGN ?? fileURLToPath(new URL("../../../target/debug/countersign", import.meta.url));

const POLICY = `# é🙂
policy:
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: DRYRUN_AUDIT_LOG_ONLY}
`;

contains();
loads();
await session();
console.log("the extension is packed, loads, and talks to the program");

/** The package has nothing else in it. */
function contains() {
  const listed = execFileSync("npx", ["vsce", "ls", "--no-dependencies"], { encoding: "utf8" });
  const expected = ["LICENSE", "README.md", "dist/extension.js", "dist/licences.txt", "package.json"];
  assert.deepEqual(listed.trim().split("\n").sort(), expected);
}

/** The bundle loads in an editor of which it uses nothing yet. */
function loads() {
  const any = new Proxy(class {}, { get: (target, key) => (key in target ? target[key] : any) });
  const load = Module._load;
  Module._load = (name, ...rest) => (name === "vscode" ? any : load(name, ...rest));
  try {
    const { activate, deactivate } = require("../dist/extension.js");
    assert.deepEqual([typeof activate, typeof deactivate], ["function", "function"]);
  } finally {
    Module._load = load;
  }
}

/** Opens a policy, and asks for a page, completions and fixes. */
async function session() {
  const { command, args } = server(program);
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const published = new Promise((resolve) => connection.onNotification(PublishDiagnosticsNotification.type, resolve));
  connection.listen();
  const { capabilities } = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
  });
  assert.equal(capabilities.hoverProvider, true);
  await connection.sendNotification(InitializedNotification.type, {});
  const textDocument = { uri: "file:///policy.yaml" };
  await connection.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { ...textDocument, languageId: "yaml", version: 1, text: POLICY },
  });
  const { diagnostics } = await published;
  const found = diagnostics.find((one) => one.code === "lint-dry-run");
  const line = POLICY.split("\n")[2];
  assert.equal(line.slice(found.range.start.character, found.range.end.character), "DRYRUN_AUDIT_LOG_ONLY");
  const position = found.range.start;
  const hover = await connection.sendRequest(HoverRequest.type, { textDocument, position });
  assert.match(hover.contents.value, /Dry run admits images/);
  const completed = await connection.sendRequest(CompletionRequest.type, { textDocument, position });
  assert.deepEqual(completed.map((one) => one.label).sort(), ["DRYRUN_AUDIT_LOG_ONLY", "ENFORCED_BLOCK_AND_AUDIT_LOG"]);
  const range = { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } };
  const context = { diagnostics, only: ["source.fixAll"] };
  const fixes = await connection.sendRequest(CodeActionRequest.type, { textDocument, range, context });
  assert.match(fixes[0].edit.changes[textDocument.uri][0].newText, /globalPolicyEvaluationMode: DISABLE/);
  await connection.sendRequest(ShutdownRequest.type);
  await connection.sendNotification(ExitNotification.type);
  assert.equal(await ended, 0);
  connection.dispose();
}
