#!/usr/bin/env bash
# @pandatix/js-cvss 0.4.4 (npm): CVSS 3 scores with two decimals, and environmental scores too low by more than 1.
#
# Expected: every calculator gives a vector the same score, with one decimal, since the specification of CVSS 3 writes
# the rounding out.
# Seen: js-cvss prints 7.46 for a base score of 7.5, and 7.05 for a temporal score of 7.1. If the environment changes the
# scope (MS:C), it still weighs the privileges as for an unchanged scope: 8.0 (high) in place of 9.1 (critical).
# ae-cvss-calculator 1.0.13 (npm) and cvss 3.6 (PyPI) agree with each other, and with the specification.
#
# Countersign takes a score's band from the report of the scanner. A score with more decimals is rounded up first, as
# CVSS does: 6.95 is high (table `severities_are_words_or_scores`).
#
# Seen with the versions above; js-cvss, ae-cvss-calculator, cvss:
#
#     base 7.46 7.5 7.5
#     temporal 7.05 7.1 7.1
#     environmental 8 9.1 9.1
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cvss==3.6
cd "$folder"
# The package has modules without extensions, which Node only loads from a bundle.
npm install --silent @pandatix/js-cvss@0.4.4 ae-cvss-calculator@1.0.13 esbuild@0.27.0 >/dev/null 2>&1
cat >vectors.json <<'JSON'
[
  ["base", "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:C/C:H/I:H/A:N"],
  ["temporal", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N/E:P"],
  ["environmental", "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H/CR:H/MS:C"]
]
JSON
cat >score.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { CVSS31 } from "@pandatix/js-cvss";
import { Cvss3P1 } from "ae-cvss-calculator";

for (const [kind, vector] of JSON.parse(readFileSync("vectors.json"))) {
  const scores = new CVSS31(vector);
  const first = { base: "BaseScore", temporal: "TemporalScore", environmental: "EnvironmentalScore" }[kind];
  console.log(kind, scores[first](), new Cvss3P1(vector).calculateScores()[kind]);
}
NODE
npx esbuild score.mjs --bundle --platform=node --outfile=score.cjs --log-level=error
cat >score.py <<'PYTHON'
import json

from cvss import CVSS3

for kind, vector in json.load(open("vectors.json")):
    print(dict(zip(["base", "temporal", "environmental"], CVSS3(vector).scores()))[kind])
PYTHON
paste -d' ' <(node score.cjs) <(venv/bin/python score.py) | tee seen.txt
diff - seen.txt <<'EXPECTED'
base 7.46 7.5 7.5
temporal 7.05 7.1 7.1
environmental 8 9.1 9.1
EXPECTED
