//! `countersign lsp`, asked by a client as an editor asks it.

#![expect(
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and a value of JSON that is not there is null"
)]

use core::time::Duration;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

/// A client with its server
struct Client {
    server: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    requests: i64,
    /// Notifications that arrived before an answer
    notified: Vec<Value>,
}

impl Client {
    fn start() -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["lsp", "--stdio"])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: server.stdin.take(),
            output: BufReader::new(server.stdout.take().unwrap()),
            server,
            requests: 0,
            notified: Vec::new(),
        }
    }

    /// A client of a server that is initialized.
    fn initialized() -> (Self, Value) {
        let mut client = Self::start();
        let answer = client.ask(
            "initialize",
            json!({"processId": null, "rootUri": null, "capabilities": {"textDocument": {"hover": {"contentFormat": ["markdown"]}}}}),
        );
        client.tell("initialized", json!({}));
        (client, answer)
    }

    fn write(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn send(&mut self, body: &str) {
        self.write(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    fn tell(&mut self, method: &str, params: Value) {
        let mut message = json!({"jsonrpc": "2.0", "method": method});
        message["params"] = params;
        self.send(&message.to_string());
    }

    /// Returns the whole response to a request.
    fn request(&mut self, method: &str, params: Value) -> Value {
        self.requests = self.requests.saturating_add(1);
        let id = self.requests;
        let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
        message["params"] = params;
        self.send(&message.to_string());
        self.response(&json!(id))
    }

    fn response(&mut self, id: &Value) -> Value {
        loop {
            let message = self.read().unwrap();
            if message.get("method").is_some() {
                self.notified.push(message);
                continue;
            }
            assert_eq!(&message["id"], id, "{message}");
            return message;
        }
    }

    /// Returns the result of a request.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        let mut response = self.request(method, params);
        assert!(response.get("error").is_none(), "{method}: {response}");
        response["result"].take()
    }

    /// Returns the next message of the server; none at the end of its output.
    fn read(&mut self) -> Option<Value> {
        let mut length = None;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => length = Some(value.parse().unwrap()),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length.unwrap()];
        self.output.read_exact(&mut body).unwrap();
        Some(serde_json::from_slice(&body).unwrap())
    }

    fn open(&mut self, uri: &str, text: &str) -> Vec<Value> {
        let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
        self.findings(uri, 1)
    }

    fn change(&mut self, uri: &str, version: i64, text: &str) {
        let document = json!({"uri": uri, "version": version});
        self.tell(
            "textDocument/didChange",
            json!({"textDocument": document, "contentChanges": [{"text": text}]}),
        );
    }

    /// Waits for the findings in a version of a document; other notifications are kept.
    fn findings(&mut self, uri: &str, version: i64) -> Vec<Value> {
        let is_wanted = |notified: &Value| {
            let params = &notified["params"];
            notified["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"] == version
        };
        loop {
            if let Some(at) = self.notified.iter().position(is_wanted) {
                let notified = self.notified.remove(at);
                return notified["params"]["diagnostics"]
                    .as_array()
                    .unwrap()
                    .clone();
            }
            let message = self.read().unwrap();
            self.notified.push(message);
        }
    }

    /// Asks about the place of the first `▮` in a text, which the server has without it.
    fn at(&mut self, method: &str, uri: &str, marked: &str) -> Value {
        let (before, _) = marked.split_once('▮').unwrap();
        let line = before.matches('\n').count();
        let last = before.rsplit('\n').next().unwrap();
        let position = json!({"line": line, "character": last.encode_utf16().count()});
        self.ask(
            method,
            json!({"textDocument": {"uri": uri}, "position": position}),
        )
    }

    /// Ends the session, and returns the exit status and standard error.
    fn end(mut self) -> (Option<i32>, String) {
        self.input = None;
        let output = self.server.wait_with_output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    fn shut_down(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        assert_eq!(self.end(), (Some(0), String::new()));
    }
}

fn codes(findings: &[Value]) -> Vec<&str> {
    findings
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect()
}

/// The text with the edits of a change, which do not overlap.
fn edited(text: &str, uri: &str, action: &Value) -> String {
    let mut edits = action["edit"]["changes"][uri].as_array().unwrap().clone();
    let place = |position: &Value| {
        let number = |key: &str| usize::try_from(position[key].as_u64().unwrap()).unwrap();
        let lines = text.split_inclusive('\n').take(number("line"));
        let start: usize = lines.map(str::len).sum();
        let rest = text.get(start..).unwrap().encode_utf16();
        let units: Vec<_> = rest.take(number("character")).collect();
        let before = String::from_utf16(&units).unwrap();
        start.saturating_add(before.len())
    };
    edits.sort_by_key(|edit| core::cmp::Reverse(place(&edit["range"]["start"])));
    let mut result = text.to_owned();
    for edit in edits {
        let (start, end) = (place(&edit["range"]["start"]), place(&edit["range"]["end"]));
        result.replace_range(start..end, edit["newText"].as_str().unwrap());
    }
    result
}

const POLICY: &str = "# é🙂
policy:
  description: é🙂
  kubernetesNamespaceAdmissionRules:
    shop: {evaluationMode: REQUIRE_ATTESTATION, requireAttestationsBy: [projects/p/attestors/a], enforcementMode: DRYRUN_AUDIT_LOG_ONLY}
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
attestors:
  - name: projects/p/attestors/a
    userOwnedDrydockNote: {noteReference: projects/p/notes/a}
";

#[test]
fn a_session_from_opening_to_closing() {
    let uri = "file:///tmp/a%20b/policy.yaml";
    let (mut client, answer) = Client::initialized();
    assert_eq!(answer["serverInfo"]["name"], "countersign");
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");

    let findings = client.open(uri, POLICY);
    let dry_run = findings
        .iter()
        .find(|one| one["code"] == "lint-dry-run")
        .unwrap();
    let line = POLICY.lines().nth(4).unwrap();
    let start = line.find("DRYRUN").unwrap();
    assert_eq!(
        dry_run["range"]["start"],
        json!({"line": 4, "character": start})
    );
    assert_eq!(dry_run["source"], "countersign");

    let page = client.at(
        "textDocument/hover",
        uri,
        &POLICY.replace("DRYRUN", "DRY▮RUN"),
    );
    let page = page["contents"]["value"].as_str().unwrap();
    assert!(
        page.contains("Dry run admits images") && page.contains("Avoid"),
        "{page}"
    );

    let completed = client.at(
        "textDocument/completion",
        uri,
        &POLICY.replace("evaluationMode: AL", "evaluationMode: ▮AL"),
    );
    let labels: Vec<_> = completed
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["label"].clone())
        .collect();
    assert!(labels.contains(&json!("REQUIRE_ATTESTATION")), "{labels:?}");

    let there = client.at(
        "textDocument/definition",
        uri,
        &POLICY.replace("[projects/p", "[pro▮jects/p"),
    );
    assert_eq!(there["uri"], uri);
    assert_eq!(there["range"]["start"], json!({"line": 7, "character": 10}));

    let symbols = client.ask(
        "textDocument/documentSymbol",
        json!({"textDocument": {"uri": uri}}),
    );
    let names: Vec<_> = symbols
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(names, ["policy", "attestors"]);

    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let ask = |only: Value| json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": [], "only": only}});
    let fixes = client.ask("textDocument/codeAction", ask(json!(["quickfix"])));
    let spelling = fixes
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["diagnostics"][0]["code"] == "lint-old-spelling");
    let fixed = edited(POLICY, uri, spelling.unwrap());
    assert_eq!(
        fixed,
        POLICY.replace("userOwnedDrydockNote", "userOwnedGrafeasNote")
    );
    let all = client.ask("textDocument/codeAction", ask(json!(["source.fixAll"])));
    assert!(
        edited(POLICY, uri, &all[0]).contains("userOwnedGrafeasNote"),
        "{all}"
    );

    client.change(uri, 2, &fixed);
    let findings = client.findings(uri, 2);
    assert!(
        !codes(&findings).contains(&"lint-old-spelling"),
        "{findings:?}"
    );

    client.tell(
        "textDocument/didClose",
        json!({"textDocument": {"uri": uri}}),
    );
    let closed = client.read().unwrap();
    assert_eq!(closed["params"]["diagnostics"], json!([]));
    let page = client.at("textDocument/hover", uri, "▮");
    assert_eq!(page, Value::Null);
    client.shut_down();
}

/// A client that names no formats may show marks as they are.
#[test]
fn pages_are_plain_text_for_a_client_without_markdown() {
    let uri = "file:///policy.yaml";
    let marked = POLICY.replace("DRYRUN", "DRY▮RUN");
    let (mut client, _) = Client::initialized();
    client.open(uri, POLICY);
    let page = client.at("textDocument/hover", uri, &marked);
    assert_eq!(page["contents"]["kind"], "markdown");
    let text = page["contents"]["value"].as_str().unwrap();
    assert!(
        text.starts_with("**`lint-dry-run`** (") && text.contains("```yaml\n"),
        "{text}"
    );
    client.shut_down();

    let mut client = Client::start();
    client.ask("initialize", json!({"capabilities": {}}));
    client.tell("initialized", json!({}));
    client.open(uri, POLICY);
    let page = client.at("textDocument/hover", uri, &marked);
    assert_eq!(page["contents"]["kind"], "plaintext");
    let text = page["contents"]["value"].as_str().unwrap();
    assert!(
        text.starts_with("lint-dry-run (") && text.contains("\nAvoid\n"),
        "{text}"
    );
    assert!(!text.contains("```") && !text.contains("**`"), "{text}");
    client.shut_down();
}

#[test]
fn a_misspelled_key_has_a_finding_and_a_change() {
    let (mut client, _) = Client::initialized();
    let rule = "{evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}";
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}});
    for (name, text, message, fixed) in [
        (
            "top",
            format!("polcy:\n  defaultAdmissionRule: {rule}\n"),
            "unknown field `polcy`\nhelp: did you mean `policy`?",
            format!("policy:\n  defaultAdmissionRule: {rule}\n"),
        ),
        (
            "value",
            format!(
                "policy:\n  defaultAdmissionRule: {}\n",
                rule.replace("S_DENY", "S_DNY")
            ),
            "",
            format!("policy:\n  defaultAdmissionRule: {rule}\n"),
        ),
    ] {
        let uri = format!("file:///{name}.yaml");
        let findings = client.open(&uri, &text);
        let asks = |one: &&Value| one["message"].as_str().unwrap().contains("did you mean");
        let found: Vec<_> = findings.iter().filter(asks).collect();
        assert_eq!(found.len(), 1, "{findings:?}");
        if name == "top" {
            assert_eq!(
                (&found[0]["message"], &found[0]["severity"]),
                (&json!(message), &json!(1))
            );
        }
        let ask = json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": [], "only": ["quickfix"]}});
        let fixes = client.ask("textDocument/codeAction", ask);
        let fixes = fixes.as_array().unwrap();
        let fix = fixes
            .iter()
            .find(|one| one["isPreferred"] == false)
            .unwrap();
        assert_eq!(edited(&text, &uri, fix), fixed);
    }
    let other = client.open("file:///other.yaml", "polcy: {rules: []}\n");
    assert!(other.is_empty(), "{other:?}");
    client.shut_down();
}

#[test]
fn a_label_stands_behind_the_message() {
    let (mut client, _) = Client::initialized();
    let unused = POLICY.replace(", requireAttestationsBy: [projects/p/attestors/a]", "");
    let findings = client.open("file:///policy.yaml", &unused);
    let found = findings
        .iter()
        .find(|one| one["code"] == "lint-unreachable-attestor");
    let message = found.unwrap()["message"].as_str().unwrap();
    let first = message.lines().next().unwrap();
    assert_eq!(
        first,
        "no rule names attestor `projects/p/attestors/a`: unused"
    );
    client.shut_down();
}

#[test]
fn typing_is_completed_while_the_document_is_malformed() {
    let uri = "file:///policy.yaml";
    let (mut client, _) = Client::initialized();
    client.open(uri, POLICY);
    let typed = POLICY.replace("[projects/p/attestors/a]", "[projects/▮");
    client.change(uri, 2, &typed.replace('▮', ""));
    let completed = client.at("textDocument/completion", uri, &typed);
    let item = completed
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["label"] == "projects/p/attestors/a");
    let start = typed.lines().nth(4).unwrap().find("projects").unwrap();
    let edit = &item.unwrap()["textEdit"];
    assert_eq!(
        edit["range"]["start"],
        json!({"line": 4, "character": start})
    );
    let findings = client.findings(uri, 2);
    assert_eq!(codes(&findings), ["document-malformed"]);
    client.shut_down();
}

#[test]
fn only_the_newest_text_is_linted() {
    let uri = "file:///policy.yaml";
    let (mut client, _) = Client::initialized();
    client.open(uri, "");
    for version in 2..200 {
        client.change(uri, version, &format!("{POLICY}{}", "#\n".repeat(200)));
    }
    client.change(uri, 200, POLICY);
    client.findings(uri, 200);
    // A busy machine may pause between two messages.
    let linted = client.notified.len();
    assert!(linted < 100, "{linted} texts");
    client.shut_down();
}

#[test]
fn suites_and_their_settings_are_read_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("policy.yaml"), POLICY).unwrap();
    std::fs::write(path("countersign-lint.yaml"), "apiVersion: countersign.dev/v1\nkind: LintConfig\nseverity: {lint-suite-tests-no-admission: allow}\n").unwrap();
    let uri = |path: &Path| format!("file://{}", path.display());
    let (suite, policy) = (uri(&path("tests.yaml")), uri(&path("policy.yaml")));
    let text = "apiVersion: countersign.dev/v1
kind: PolicySuite
settings: ./policy.yaml
time: 2026-11-23T12:00:00Z
images: {web: registry.example/web@digest}
signers: {a: {standsFor: projects/p/attestors/a}}
cases:
  - name: unsigned
    request: {namespace: shop, kind: Pod, images: [web]}
    expect: {outcome: denied, reasons: [no-valid-attestation]}
";
    let (mut client, _) = Client::initialized();
    let findings = client.open(&suite, text);
    assert!(
        codes(&findings).contains(&"lint-suite-unused-name"),
        "{findings:?}"
    );
    assert!(
        !codes(&findings).contains(&"lint-suite-tests-no-admission"),
        "{findings:?}"
    );
    for (marked, line) in [
        (text.replace("namespace: shop", "namespace: sh▮op"), 4),
        (
            text.replace("standsFor: projects", "standsFor: ▮projects"),
            7,
        ),
    ] {
        let there = client.at("textDocument/definition", &suite, &marked);
        assert_eq!(there["uri"], json!(policy), "{marked}");
        assert_eq!(there["range"]["start"]["line"], line, "{marked}");
    }
    // The open settings count, and not those that are stored.
    client.open(&policy, &POLICY.replace("shop:", "store:"));
    client.findings(&suite, 1);
    let completed = client.at(
        "textDocument/completion",
        &suite,
        &text.replace("namespace: shop", "namespace: ▮shop"),
    );
    assert_eq!(completed[0]["label"], "store");
    client.shut_down();
}

#[test]
fn manifests_and_several_documents_are_read() {
    let uri = "untitled:Untitled-1";
    let lines: String = POLICY.lines().map(|line| format!("    {line}\n")).collect();
    let manifest = format!(
        "apiVersion: v1\nkind: ConfigMap\n---\napiVersion: policies.kubewarden.io/v1\nkind: ClusterAdmissionPolicy\nmetadata: {{name: images}}\n\
         spec:\n  module: registry://ghcr.io/countersign-dev/countersign:v1\n  settings:\n{lines}"
    );
    let (mut client, _) = Client::initialized();
    let findings = client.open(uri, &manifest);
    assert!(codes(&findings).contains(&"lint-dry-run"), "{findings:?}");
    let marked = manifest.replace("[projects/p", "[pro▮jects/p");
    let there = client.at("textDocument/definition", uri, &marked);
    assert_eq!(
        there["range"]["start"],
        json!({"line": 16, "character": 14})
    );
    // A document that is malformed does not hide those in others.
    let findings = client.open(uri, &manifest.replace("kind: ConfigMap", "kind: ["));
    let found = codes(&findings);
    assert!(
        found.contains(&"lint-dry-run") && found.contains(&"document-malformed"),
        "{found:?}"
    );
    client.shut_down();
}

#[test]
fn malformed_documents_are_answered() {
    let uri = "file:///a.yaml";
    let (mut client, _) = Client::initialized();
    let deep = "[".repeat(5000);
    for text in [
        "policy: [",
        "policy: {a: 1, a: 2}\n",
        "\u{feff}policy:\r\n\t- é🙂",
        "\0",
        "policy:\r  x: 1\r",
        &deep,
        "policy: &a [*a]",
        "%YAML 9\n---\npolicy: !!x {}",
    ] {
        client.open(uri, text);
        for position in [(0, 0), (0, 9), (1, 3), (99, 99), (u32::MAX, u32::MAX)] {
            let position = json!({"line": position.0, "character": position.1});
            for method in ["hover", "completion", "definition"] {
                let params = json!({"textDocument": {"uri": uri}, "position": position});
                client.ask(&format!("textDocument/{method}"), params);
            }
        }
        client.ask(
            "textDocument/documentSymbol",
            json!({"textDocument": {"uri": uri}}),
        );
    }
    // YAML of others is not its concern, even if it is malformed.
    assert_eq!(
        client.open("file:///b.yaml", "{{ if .Values.x }}\na: [\n"),
        Vec::<Value>::new()
    );
    client.shut_down();
}

#[test]
fn malformed_messages_are_answered_with_errors() {
    let mut client = Client::start();
    let error = client.request("textDocument/hover", json!({}));
    assert_eq!(error["error"]["code"], -32002);
    client.ask("initialize", json!({"capabilities": {}}));
    for (body, id, code) in [
        ("{", Value::Null, -32700),
        ("\u{0}", Value::Null, -32700),
        ("[]", Value::Null, -32600),
        (
            "{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": 1}",
            json!(7),
            -32600,
        ),
        (
            "{\"jsonrpc\": \"2.0\", \"id\": 8, \"method\": \"countersign/unknown\"}",
            json!(8),
            -32601,
        ),
        (
            "{\"jsonrpc\": \"2.0\", \"id\": 9, \"method\": \"textDocument/hover\", \"params\": [1]}",
            json!(9),
            -32602,
        ),
        (
            "{\"jsonrpc\": \"2.0\", \"id\": \"a\", \"method\": \"initialize\"}",
            json!("a"),
            -32601,
        ),
    ] {
        client.send(body);
        let response = client.response(&id);
        assert_eq!(response["error"]["code"], code, "{body}: {response}");
    }
    // Notifications have no answer.
    client.tell("countersign/unknown", json!({}));
    client.tell("textDocument/didOpen", json!({"textDocument": 1}));
    client.tell(
        "textDocument/didChange",
        json!({"textDocument": {"uri": "file:///not-open"}, "contentChanges": []}),
    );
    client.send("{\"jsonrpc\": \"2.0\", \"id\": 99, \"result\": null}");
    client.shut_down();
}

#[test]
fn the_session_ends_when_messages_cannot_be_told_apart() {
    for header in [
        "Content-Length: x\r\n\r\n{}",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "Content-Length: 9999999999\r\n\r\n",
        "Length\r\n\r\n",
        "A: b\r\n\r\n",
        &"a".repeat(5000),
    ] {
        let (mut client, _) = Client::initialized();
        client.write(header.as_bytes());
        let (status, stderr) = client.end();
        assert_eq!(status, Some(2), "{header}: {stderr}");
        assert!(stderr.starts_with("error: "), "{header}: {stderr}");
    }
    // The end of the input without `exit`, and `exit` without `shutdown`
    let (client, _) = Client::initialized();
    assert_eq!(client.end(), (Some(1), String::new()));
    let (mut client, _) = Client::initialized();
    client.tell("exit", Value::Null);
    assert_eq!(client.end(), (Some(1), String::new()));
}

/// Settings of about 1 MB, mostly attestations
fn large() -> String {
    let mut text = format!("{POLICY}evidence:\n  occurrences:\n");
    for number in 0_u32.. {
        let payload = "ZXlK".repeat(80);
        text.push_str(&format!(
            "    - kind: ATTESTATION
      noteName: projects/p/notes/a
      resourceUri: https://registry.example/app@sha256:{number:064x}
      attestation:
        serializedPayload: {payload}
        signatures: [{{publicKeyId: a, signature: c2lnbmF0dXJl}}]
"
        ));
        if text.len() >= 1_000_000 {
            break;
        }
    }
    text
}

#[test]
fn a_document_of_a_megabyte_is_answered() {
    let uri = "file:///policy.yaml";
    let text = large();
    let (mut client, _) = Client::initialized();
    client.open(uri, &text);
    // Without optimisation; `COUNTERSIGN_LSP_LIMIT_MS` is for a program that has it.
    let limit = std::env::var("COUNTERSIGN_LSP_LIMIT_MS")
        .ok()
        .and_then(|limit| limit.parse().ok());
    let limit = Duration::from_millis(limit.unwrap_or(20_000));
    let marked = text.replace("evaluationMode: AL", "evaluationMode: ▮AL");
    let mut times = Vec::new();
    for (version, method) in [
        (2, ""),
        (3, "textDocument/hover"),
        (4, "textDocument/completion"),
        (5, "textDocument/definition"),
    ] {
        let start = Instant::now();
        client.change(uri, version, &text);
        if method.is_empty() {
            client.findings(uri, version);
        } else {
            client.at(method, uri, &marked);
        }
        times.push((method, start.elapsed()));
    }
    assert!(times.iter().all(|(_, time)| *time < limit), "{times:?}");
    client.shut_down();
}
