#!/usr/bin/env bash
# Five libraries for CEL of PyPI and npm: expressions that an admission rule may have, with two or three answers each.
#
# Expected: the libraries follow one specification and its conformance tests. An expression has the same value in each, or
# is an error in each, apart from functions that one of them does not have.
# Seen: for @bufbuild/cel, a field that is null is not there. With cel-python a list has an index -1, as in Python, and a
# duration has days; both are errors in CEL. The libraries for JavaScript read 30 February as 2 March, and one of them
# takes JavaScript's regular expressions, where `[[:alnum:]]` is another set of characters without an error. Two take a
# map with the same key twice. The library in Rust does not look behind an element with an error for one that counts.
#
# Countersign does not support CEL: `customConstraints` are a settings error.
#
# Seen with cel-expr-python 0.1.3 (Google's library for C++), @bufbuild/cel 0.6.1, @marcbachmann/cel-js 8.0.0, cel-python
# 0.5.0 and common-expression-language 0.10.0 (in Rust), in this order:
#
#     has(pod.empty): true, false, true, true, true
#     duration('1d') > duration('23h'): error, error, error, true, error
#     pod.images[-1]: error, error, error, "b", error
#     timestamp('2026-02-30T00:00:00Z') > timestamp('2026-03-01T00:00:00Z'): error, true, true, error, error
#     'shop/app'.matches('^[[:alnum:]]+/app$'): true, true, false, true, true
#     {'a': 1, 'a': 2}.a == 2: error, error, true, error, true
#     pod.mixed.exists(e, e > 0): true, true, true, true, error
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cel-expr-python==0.1.3 cel-python==0.5.0 \
  common-expression-language==0.10.0
cd "$folder"
npm install --silent @bufbuild/cel@0.6.1 @marcbachmann/cel-js@8.0.0 >/dev/null 2>&1
cat >pod.json <<'JSON'
{"empty": null, "images": ["a", "b"], "mixed": ["a", 1]}
JSON
cat >expressions.txt <<'CEL'
has(pod.empty)
duration('1d') > duration('23h')
pod.images[-1]
timestamp('2026-02-30T00:00:00Z') > timestamp('2026-03-01T00:00:00Z')
'shop/app'.matches('^[[:alnum:]]+/app$')
{'a': 1, 'a': 2}.a == 2
pod.mixed.exists(e, e > 0)
CEL
cat >answers.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { isCelError, run } from "@bufbuild/cel";
import { evaluate } from "@marcbachmann/cel-js";

const pod = JSON.parse(readFileSync("pod.json", "utf8"));
for (const library of [run, evaluate]) {
  for (const expression of readFileSync("expressions.txt", "utf8").trim().split("\n")) {
    try {
      const value = library(expression, { pod });
      console.log(isCelError(value) ? "error" : JSON.stringify(value));
    } catch {
      console.log("error");
    }
  }
}
NODE
cat >answers.py <<'PYTHON'
import json
import subprocess

import cel
import celpy
from cel_expr_python import cel as google

pod = json.load(open("pod.json"))
expressions = open("expressions.txt").read().splitlines()
environment = google.NewEnv(variables={"pod": google.Type.DYN})
python = celpy.Environment()


def plain(value):
    if value.type() == google.Type.ERROR:
        raise ValueError(value)
    return value.value()


libraries = [
    lambda text: plain(environment.compile(text).eval(data={"pod": pod})),
    lambda text: python.program(python.compile(text)).evaluate({"pod": celpy.json_to_cel(pod)}),
    lambda text: cel.evaluate(text, {"pod": pod}),
]


def answer(library, text):
    try:
        value = library(text)
        return json.dumps(bool(value) if type(value).__name__ == "BoolType" else value)
    except Exception:
        return "error"


answers = [[answer(library, text) for text in expressions] for library in libraries]
javascript = subprocess.run(["node", "answers.mjs"], capture_output=True, check=True, text=True).stdout.splitlines()
answers[1:1] = [javascript[: len(expressions)], javascript[len(expressions) :]]
for text, row in zip(expressions, zip(*answers)):
    print(f"{text}: {', '.join(row)}")
PYTHON
venv/bin/python answers.py | tee seen.txt
diff - seen.txt <<'EXPECTED'
has(pod.empty): true, false, true, true, true
duration('1d') > duration('23h'): error, error, error, true, error
pod.images[-1]: error, error, error, "b", error
timestamp('2026-02-30T00:00:00Z') > timestamp('2026-03-01T00:00:00Z'): error, true, true, error, error
'shop/app'.matches('^[[:alnum:]]+/app$'): true, true, false, true, true
{'a': 1, 'a': 2}.a == 2: error, error, true, error, true
pod.mixed.exists(e, e > 0): true, true, true, true, error
EXPECTED
