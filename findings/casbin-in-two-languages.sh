#!/usr/bin/env bash
# casbin 1.43.0 (PyPI) and casbin 5.51.1 (npm): one model and one policy, two answers for patterns.
#
# Expected: the libraries of one project, given the same two files, answer alike, since the functions that a matcher calls
# are listed once for all languages.
# Seen: `regexMatch` looks at the beginning of the text in Python, and anywhere in JavaScript, so `/pods` matches
# `/apis/pods` only there. `globMatch` knows `**` only in JavaScript, where `*` leaves out names with a dot in front, which
# Python takes. A `^` in front makes a pattern of the first kind the same in both.
#
# Countersign's image patterns are those of Binary Authorization; no Casbin is involved.
#
# Seen with the versions above, Python first:
#
#     regexMatch /apis/pods ~ /pods: False true
#     regexMatch /apis/pods ~ ^/pods: False false
#     regexMatch /pods/a ~ /pods: True true
#     globMatch /shop/app ~ /shop/*: True true
#     globMatch /shop/app/v1 ~ /shop/*: False false
#     globMatch /shop/app/v1 ~ /shop/**: False true
#     globMatch /shop/.app ~ /shop/*: True false
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check casbin==1.43.0
cd "$folder"
npm install --silent casbin@5.51.1 >/dev/null 2>&1
for function in regexMatch globMatch; do
  cat >$function.conf <<MODEL
[request_definition]
r = sub, obj

[policy_definition]
p = sub, obj

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.sub == p.sub && $function(r.obj, p.obj)
MODEL
done
# The subject keeps the rules apart: one request meets one rule.
cat >cases.txt <<'CASES'
regexMatch 1 /apis/pods /pods
regexMatch 2 /apis/pods ^/pods
regexMatch 3 /pods/a /pods
globMatch 4 /shop/app /shop/*
globMatch 5 /shop/app/v1 /shop/*
globMatch 6 /shop/app/v1 /shop/**
globMatch 7 /shop/.app /shop/*
CASES
while read -r _ subject _ pattern; do
  echo "p, $subject, $pattern"
done <cases.txt >policy.csv
cat >enforce.py <<'PYTHON'
import casbin

for line in open("cases.txt"):
    function, subject, text, _ = line.split()
    print(casbin.Enforcer(f"{function}.conf", "policy.csv").enforce(subject, text))
PYTHON
cat >enforce.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { newEnforcer } from "casbin";

for (const line of readFileSync("cases.txt", "utf8").trim().split("\n")) {
  const [name, subject, text] = line.split(" ");
  console.log(await (await newEnforcer(`${name}.conf`, "policy.csv")).enforce(subject, text));
}
NODE
paste -d ' ' <(sed 's/ [0-9] / /; s/ \([^ ]*\)$/ ~ \1:/' cases.txt) <(venv/bin/python enforce.py) <(node enforce.mjs) |
  tee seen.txt
diff - seen.txt <<'EXPECTED'
regexMatch /apis/pods ~ /pods: False true
regexMatch /apis/pods ~ ^/pods: False false
regexMatch /pods/a ~ /pods: True true
globMatch /shop/app ~ /shop/*: True true
globMatch /shop/app/v1 ~ /shop/*: False false
globMatch /shop/app/v1 ~ /shop/**: False true
globMatch /shop/.app ~ /shop/*: True false
EXPECTED
