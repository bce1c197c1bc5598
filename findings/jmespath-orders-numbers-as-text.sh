#!/usr/bin/env bash
# Three packages of npm for JMESPath, and jmespath of PyPI: `sort` orders numbers by their digits, and 1 is true.
#
# Expected: by the specification `sort` orders numbers as numbers, as `max`, `sort_by` and `>` do, texts have no order for
# `<`, each text begins with the empty one, a number and a boolean are never equal, and `to_number` reads what JSON has.
# Seen: in all three packages of npm, `sort` of 10, 9 and 1 is 1, 10, 9, so that the last of the sorted versions is not
# the newest. `max` and `sort_by` are right. Only one of the packages knows no order of texts, and one denies that `app`
# begins with nothing. In Python, a list that has 1 contains true, and `1_0` and `NaN` are numbers.
#
# Countersign's policies are documents; no JMESPath is involved.
#
# Seen with jmespath 0.16.0, @jmespath-community/jmespath 1.3.0 and @metrichor/jmespath 0.3.1 (npm), and jmespath 1.1.0 (PyPI),
# in this order:
#
#     sort(`[10, 9, 1]`): [1,10,9] | [1,10,9] | [1,10,9] | [1,9,10]
#     max(`[10, 9, 1]`): 10 | 10 | 10 | 10
#     sort_by(`[{"n": 10}, {"n": 9}]`, &n)[*].n: [9,10] | [9,10] | [9,10] | [9,10]
#     'a' < 'b': true | null | true | true
#     starts_with('app', ''): false | true | true | true
#     contains(`[1]`, `true`): false | false | false | true
#     `[1]` == `[true]`: false | false | false | true
#     to_number('1_0'): null | null | null | 10
#     to_number('NaN'): null | null | null | NaN
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check jmespath==1.1.0
cd "$folder"
npm install --silent jmespath@0.16.0 @jmespath-community/jmespath@1.3.0 @metrichor/jmespath@0.3.1 >/dev/null 2>&1
cat >expressions.txt <<'JMESPATH'
sort(`[10, 9, 1]`)
max(`[10, 9, 1]`)
sort_by(`[{"n": 10}, {"n": 9}]`, &n)[*].n
'a' < 'b'
starts_with('app', '')
contains(`[1]`, `true`)
`[1]` == `[true]`
to_number('1_0')
to_number('NaN')
JMESPATH
cat >search.mjs <<'NODE'
import { readFileSync } from "node:fs";
import jmespath from "jmespath";
import { search as community } from "@jmespath-community/jmespath";
import { search as metrichor } from "@metrichor/jmespath";

for (const expression of readFileSync("expressions.txt", "utf8").trim().split("\n")) {
  const answers = [jmespath.search, community, metrichor].map((search) => JSON.stringify(search({}, expression)));
  console.log(`${expression}: ${answers.join(" | ")}`);
}
NODE
cat >search.py <<'PYTHON'
import json
import sys

import jmespath

for line in sys.stdin:
    answer = jmespath.search(line.rsplit(": ", 1)[0], {})
    print(line.rstrip(), json.dumps(answer, separators=(",", ":")), sep=" | ")
PYTHON
node search.mjs | venv/bin/python search.py | tee seen.txt
diff - seen.txt <<'EXPECTED'
sort(`[10, 9, 1]`): [1,10,9] | [1,10,9] | [1,10,9] | [1,9,10]
max(`[10, 9, 1]`): 10 | 10 | 10 | 10
sort_by(`[{"n": 10}, {"n": 9}]`, &n)[*].n: [9,10] | [9,10] | [9,10] | [9,10]
'a' < 'b': true | null | true | true
starts_with('app', ''): false | true | true | true
contains(`[1]`, `true`): false | false | false | true
`[1]` == `[true]`: false | false | false | true
to_number('1_0'): null | null | null | 10
to_number('NaN'): null | null | null | NaN
EXPECTED
