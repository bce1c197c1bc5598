#!/usr/bin/env bash
# python-hcl2 8.1.4 (PyPI): a Terraform policy has the mode `"ALWAYS_ALLOW"`, with quotes, so no check finds it.
#
# Expected: a reader of HCL returns the value of a string, as python-hcl2 did up to 7, and the text of a here-document
# with its last line break, in which a backslash has no meaning. `1e3` is a number.
# Seen: since 8, strings and labels of blocks keep their quotes and escapes, and a here-document is returned with its
# marks. A script that compares `evaluation_mode` with ALWAYS_ALLOW finds no policy that allows everything, and gets no
# error. With `strip_string_quotes` and without `preserve_heredocs`, each backslash of a here-document is two; for 7.3.1,
# `\n` there is a line break. Neither has the last line break, and `1e3` is an expression to all of them.
#
# `import --from terraform` reads the output of `terraform show -json`, where Terraform has read the HCL.
#
# Seen with python-hcl2 8.1.4 and 7.3.1 (PyPI), and @cdktf/hcl2json 0.21.0 (npm), Terraform's own reader:
#
#     hcl2json: ["google_binary_authorization_policy", "ALWAYS_ALLOW", "path C:\\new\n", 1000]
#     7.3.1: ["google_binary_authorization_policy", "ALWAYS_ALLOW", "path C:\new", "${1e3}"]
#     8.1.4: ["\"google_binary_authorization_policy\"", "\"ALWAYS_ALLOW\"", "\"<<-TEXT\n    path C:\\new\n  TEXT\"", "${1e3}"]
#     8.1.4 with options: ["google_binary_authorization_policy", "ALWAYS_ALLOW", "path C:\\\\new", "${1e3}"]
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for version in 7.3.1 8.1.4; do
  python3 -m venv "$version"
  "$version/bin/pip" install --quiet --disable-pip-version-check "python-hcl2==$version"
done
npm install --silent @cdktf/hcl2json@0.21.0 >/dev/null 2>&1
cat >policy.tf <<'HCL'
resource "google_binary_authorization_policy" "policy" {
  default_admission_rule {
    evaluation_mode = "ALWAYS_ALLOW"
  }
  description = <<-TEXT
    path C:\new
  TEXT
  number      = 1e3
}
HCL
cat >read.py <<'PYTHON'
import json
import sys

import hcl2

options = {}
if "options" in sys.argv:
    from hcl2.utils import SerializationOptions

    choice = SerializationOptions(strip_string_quotes=True, preserve_heredocs=False)
    options = {"serialization_options": choice}
[resource] = hcl2.load(open("policy.tf"), **options)["resource"]
[(kind, named)] = resource.items()
[policy] = named.values()
[rule] = policy["default_admission_rule"]
print(json.dumps([kind, rule["evaluation_mode"], policy["description"], policy["number"]]))
PYTHON
cat >read.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { parse } from "@cdktf/hcl2json";

const { resource } = await parse("policy.tf", readFileSync("policy.tf", "utf8"));
const [[kind, { policy: [policy] }]] = Object.entries(resource);
const [rule] = policy.default_admission_rule;
const values = [kind, rule.evaluation_mode, policy.description, policy.number];
console.log(`[${values.map((value) => JSON.stringify(value)).join(", ")}]`);
NODE
{
  echo "hcl2json: $(node read.mjs)"
  echo "7.3.1: $(7.3.1/bin/python read.py)"
  echo "8.1.4: $(8.1.4/bin/python read.py)"
  echo "8.1.4 with options: $(8.1.4/bin/python read.py options)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
hcl2json: ["google_binary_authorization_policy", "ALWAYS_ALLOW", "path C:\\new\n", 1000]
7.3.1: ["google_binary_authorization_policy", "ALWAYS_ALLOW", "path C:\new", "${1e3}"]
8.1.4: ["\"google_binary_authorization_policy\"", "\"ALWAYS_ALLOW\"", "\"<<-TEXT\n    path C:\\new\n  TEXT\"", "${1e3}"]
8.1.4 with options: ["google_binary_authorization_policy", "ALWAYS_ALLOW", "path C:\\\\new", "${1e3}"]
EXPECTED
