#!/usr/bin/env bash
# @turingpointde/cvss.js 2.1.0 (npm): the least severe vectors of CVSS 4 are critical, and the environment does not count.
#
# Expected: every calculator gives a vector of CVSS 4 the score of the specification's tables, from 0.0 to 10.0. Without
# any impact the score is 0.0, and what counts is the impact in the user's environment, where the vector has it.
# Seen: where the score should be 0.1, it is NaN, and `getRating` says Critical. Whether there is an impact is read from
# the metrics of the vendor: a vulnerability that has none in the environment is medium, and one that has an impact in the
# environment alone has none. Scores that stand between two tenths are rounded down. cvss4 1.0.7 (npm) has the impact
# right, and halves or moves other scores of an environment. cvss of PyPI and ae-cvss-calculator of npm agree.
#
# Countersign takes the severity words or scores of a scan, and reads no vectors.
#
# Seen with the versions above, cvss 3.6 (PyPI) and ae-cvss-calculator 1.0.13 (npm):
#
#     cvss, ae-cvss-calculator, cvss4, cvss.js:
#     AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N: 9.3 9.3 9.3 9.3 Critical
#     AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N/E:U: 0.1 0.1 0.1 NaN Critical
#     AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/MVC:N/MVI:N/MVA:N: 0.0 0.0 0.0 6.9 Medium
#     AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N/MVC:H/MVI:H/MVA:H: 9.3 9.3 9.3 0.0 None
#     AV:N/AC:L/AT:P/PR:H/UI:N/VC:L/VI:L/VA:N/SC:N/SI:H/SA:H: 5.1 5.1 5.1 5.0 Medium
#     AV:N/AC:H/AT:N/PR:H/UI:A/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/E:U/CR:L: 1.0 1.0 0.5 1.0 Low
#     AV:L/AC:H/AT:N/PR:N/UI:P/VC:N/VI:N/VA:L/SC:H/SI:H/SA:N/E:P/AR:L/MAV:N/MVA:H/MSC:L: 5.0 5.0 5.1 5.0 Medium
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cvss==3.6
cd "$folder"
npm install --silent @turingpointde/cvss.js@2.1.0 cvss4@1.0.7 ae-cvss-calculator@1.0.13 >/dev/null 2>&1
cat >vectors.txt <<'CVSS'
AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N
AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N/E:U
AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/MVC:N/MVI:N/MVA:N
AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N/MVC:H/MVI:H/MVA:H
AV:N/AC:L/AT:P/PR:H/UI:N/VC:L/VI:L/VA:N/SC:N/SI:H/SA:H
AV:N/AC:H/AT:N/PR:H/UI:A/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/E:U/CR:L
AV:L/AC:H/AT:N/PR:N/UI:P/VC:N/VI:N/VA:L/SC:H/SI:H/SA:N/E:P/AR:L/MAV:N/MVA:H/MSC:L
CVSS
cat >scores.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { CVSS } from "@turingpointde/cvss.js";
import { calculateBaseScore } from "cvss4";
import reference from "ae-cvss-calculator";

for (const metrics of readFileSync("vectors.txt", "utf8").trim().split("\n")) {
  const vector = `CVSS:4.0/${metrics}`;
  const own = CVSS(vector);
  const scores = [new reference.Cvss4P0(vector).calculateScores().overall, calculateBaseScore(vector), own.getScore()];
  console.log(...scores.map((score) => score.toFixed(1)), own.getRating());
}
NODE
cat >scores.py <<'PYTHON'
from cvss import CVSS4

for line in open("vectors.txt"):
    print(f"{CVSS4('CVSS:4.0/' + line.strip()).base_score:.1f}")
PYTHON
{
  echo 'cvss, ae-cvss-calculator, cvss4, cvss.js:'
  paste -d ' ' vectors.txt <(venv/bin/python scores.py) <(node scores.mjs) | sed 's/ /: /'
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
cvss, ae-cvss-calculator, cvss4, cvss.js:
AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N: 9.3 9.3 9.3 9.3 Critical
AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N/E:U: 0.1 0.1 0.1 NaN Critical
AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/MVC:N/MVI:N/MVA:N: 0.0 0.0 0.0 6.9 Medium
AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N/MVC:H/MVI:H/MVA:H: 9.3 9.3 9.3 0.0 None
AV:N/AC:L/AT:P/PR:H/UI:N/VC:L/VI:L/VA:N/SC:N/SI:H/SA:H: 5.1 5.1 5.1 5.0 Medium
AV:N/AC:H/AT:N/PR:H/UI:A/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/E:U/CR:L: 1.0 1.0 0.5 1.0 Low
AV:L/AC:H/AT:N/PR:N/UI:P/VC:N/VI:N/VA:L/SC:H/SI:H/SA:N/E:P/AR:L/MAV:N/MVA:H/MSC:L: 5.0 5.0 5.1 5.0 Medium
EXPECTED
