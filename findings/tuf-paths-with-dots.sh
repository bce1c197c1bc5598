#!/usr/bin/env bash
# tuf 7.0.1 (PyPI) and @tufjs/models 5.0.2 (npm): two clients of TUF read the paths of one delegation differently.
#
# Expected: the specification's patterns are those of a shell without more: `*` and `?` stand for characters other than
# `/`. So `a/*` delegates `a/.well-known`, and `#` is a character.
# Seen: Python does that. npm's client matches with minimatch, where `*` stands for no name that begins with a dot, and a
# pattern that begins with `#` is a comment and matches nothing. It looks for the target elsewhere, or does not find it.
# npm's client is the one inside `sigstore` and `npm audit signatures`.
#
# Countersign reads no TUF metadata: trusted roots are in the settings.
#
# Seen with the versions above; Python, npm:
#
#     a/* a/root.json: True true
#     a/* a/.root.json: True false
#     a/* a/#root.json: True true
#     #* #root.json: True false
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tuf==7.0.1
cd "$folder"
npm install --silent @tufjs/models@5.0.2 >/dev/null 2>&1
cat >paths.json <<'JSON'
[["a/*", "a/root.json"], ["a/*", "a/.root.json"], ["a/*", "a/#root.json"], ["#*", "#root.json"]]
JSON
cat >delegated.py <<'PYTHON'
import json

from tuf.api.metadata import DelegatedRole

for pattern, target in json.load(open("paths.json")):
    print(f"{pattern} {target}:", DelegatedRole("name", ["key"], 1, False, paths=[pattern]).is_delegated_path(target))
PYTHON
cat >delegated.cjs <<'NODE'
const { Targets } = require("@tufjs/models");

for (const [pattern, target] of require("./paths.json")) {
  const role = { name: "name", keyids: ["key"], threshold: 1, terminating: false, paths: [pattern] };
  const targets = { version: 1, spec_version: "1.0", expires: "2030-01-01T00:00:00Z", targets: {} };
  const { delegations } = Targets.fromJSON({ ...targets, _type: "targets", delegations: { keys: {}, roles: [role] } });
  console.log([...delegations.rolesForTarget(target)].length === 1);
}
NODE
paste -d' ' <(venv/bin/python delegated.py) <(node delegated.cjs) | tee seen.txt
diff - seen.txt <<'EXPECTED'
a/* a/root.json: True true
a/* a/.root.json: True false
a/* a/#root.json: True true
#* #root.json: True false
EXPECTED
