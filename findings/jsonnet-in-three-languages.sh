#!/usr/bin/env bash
# jsonnet 0.22.0 (C++), gojsonnet 0.22.0 (Go), rjsonnet 0.5.6 (Rust, all PyPI): one manifest in Jsonnet is three documents.
#
# Expected: the implementations follow one specification and one standard library, so that manifests and Secrets do not
# depend on which one a pipeline has. `std.parseYaml` reads a Kubernetes manifest as kubectl does, or at least as YAML.
# Seen: `std.base64` in C++ takes code points up to 255 for bytes, so a Secret with an é is another text. `std.parseYaml`
# in Go answers as kubectl does. In C++ it knows neither `~` nor tags nor aliases: null is a text, `!!str 1` a number, and
# `*x` a text of two characters. In Rust `no` is a text, 012 is ten, and `<<` is a key. As a text, 0.1 has 17 digits in
# C++ and Go, where `%g` writes 1e21 as 10e+20.
#
# Countersign reads what these programs print, as kubectl does.
#
# Seen with the versions above, in this order:
#
#     std.base64("é"): "6Q==" | "w6k=" | "w6k="
#     std.toString(0.1): "0.10000000000000001" | "0.10000000000000001" | "0.1"
#     "%g" % 1e21: "10e+20" | "10e+20" | "1e+21"
#     std.round(-0.5): 0 | -1 | -1
#     std.parseYaml("no"): "no" | false | "no"
#     std.parseYaml("012"): "012" | 10 | 10
#     std.parseYaml("1_000"): "1_000" | 1000 | "1_000"
#     std.parseYaml("~"): "~" | null | null
#     std.parseYaml("!!str 1"): 1 | "1" | "1"
#     std.parseYaml("[&x 1, *x]"): [1, "*x"] | [1, 1] | [1, 1]
#     std.parseYaml("{a: &x {b: 1}, c: {<<: *x }}"): {"a": {"b": 1}, "c": {"<<": "*x"}} | {"a": {"b": 1}, "c": {"b": 1}} | {"a": {"b": 1}, "c": {"<<": {"b": 1}}}
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check jsonnet==0.22.0 gojsonnet==0.22.0 rjsonnet==0.5.6
cd "$folder"
cat >expressions.txt <<'JSONNET'
std.base64("é")
std.toString(0.1)
"%g" % 1e21
std.round(-0.5)
std.parseYaml("no")
std.parseYaml("012")
std.parseYaml("1_000")
std.parseYaml("~")
std.parseYaml("!!str 1")
std.parseYaml("[&x 1, *x]")
std.parseYaml("{a: &x {b: 1}, c: {<<: *x }}")
JSONNET
cat >evaluate.py <<'PYTHON'
import json
import sys

library = __import__(sys.argv[1])
for line in open("expressions.txt"):
    print(json.dumps(json.loads(library.evaluate_snippet("expression", line))))
PYTHON
for library in _jsonnet _gojsonnet rjsonnet; do
  venv/bin/python evaluate.py $library >$library.txt
done
paste -d '|' expressions.txt _jsonnet.txt _gojsonnet.txt rjsonnet.txt | sed 's/|/: /; s/|/ | /g' | tee seen.txt
diff - seen.txt <<'EXPECTED'
std.base64("é"): "6Q==" | "w6k=" | "w6k="
std.toString(0.1): "0.10000000000000001" | "0.10000000000000001" | "0.1"
"%g" % 1e21: "10e+20" | "10e+20" | "1e+21"
std.round(-0.5): 0 | -1 | -1
std.parseYaml("no"): "no" | false | "no"
std.parseYaml("012"): "012" | 10 | 10
std.parseYaml("1_000"): "1_000" | 1000 | "1_000"
std.parseYaml("~"): "~" | null | null
std.parseYaml("!!str 1"): 1 | "1" | "1"
std.parseYaml("[&x 1, *x]"): [1, "*x"] | [1, 1] | [1, 1]
std.parseYaml("{a: &x {b: 1}, c: {<<: *x }}"): {"a": {"b": 1}, "c": {"<<": "*x"}} | {"a": {"b": 1}, "c": {"b": 1}} | {"a": {"b": 1}, "c": {"<<": {"b": 1}}}
EXPECTED
