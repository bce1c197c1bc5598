#!/usr/bin/env bash
# semantic-version 2.10.0 and univers 32.0.1 (PyPI): ranges of npm hold other versions than in npm.
#
# Expected: a library that offers npm's ranges, as advisories have them, finds the same versions in a range as npm's own
# semver, or cannot read the range. In any case a version is not less than itself.
# Seen: for semantic-version, `<1.2.3-rc.2` holds 1.2.3-rc.2, and `<=2.0.0-rc` the release 2.0.0 behind it. It cannot
# read a space behind an operator. For univers, `^0` holds no 0.2.3, `<=1.2` no 1.2.3, `>1` holds 1.2.3 although npm
# means from 2 on, no range holds a version with build metadata, and the empty range holds none at all. There is no
# error. node-semver 0.9.1 of PyPI answers as npm does.
#
# Countersign compares no versions of packages: a scanner's report says what is vulnerable.
#
# Seen with the versions above and semver 7.7.3 (npm): npm, node-semver, semantic-version, univers:
#
#     <1.2.3-rc.2: 1.2.3-rc.2: no, no, yes, no
#     <=2.0.0-rc: 2.0.0: no, no, yes, no
#     <2: 2.0.0-rc.1: no, no, yes, yes
#     >= 1.2.3: 1.3.0: yes, yes, error, yes
#     ^0: 0.2.3: yes, yes, yes, no
#     <=1.2: 1.2.3: yes, yes, yes, no
#     >1: 1.2.3: no, no, no, yes
#     ^1.2.3: 1.2.3+build: yes, yes, yes, no
#     : 1.2.3: yes, yes, yes, no
#     1.2.x: 1.2.4-rc.1: no, no, no, yes
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check semantic-version==2.10.0 univers==32.0.1 \
  node-semver==0.9.1
cd "$folder"
npm install --silent semver@7.7.3 >/dev/null 2>&1
cat >pairs.txt <<'RANGES'
<1.2.3-rc.2: 1.2.3-rc.2
<=2.0.0-rc: 2.0.0
<2: 2.0.0-rc.1
>= 1.2.3: 1.3.0
^0: 0.2.3
<=1.2: 1.2.3
>1: 1.2.3
^1.2.3: 1.2.3+build
: 1.2.3
1.2.x: 1.2.4-rc.1
RANGES
cat >npm.mjs <<'NODE'
import { readFileSync } from "node:fs";
import semver from "semver";

for (const line of readFileSync("pairs.txt", "utf8").trimEnd().split("\n")) {
  const [range, version] = line.split(": ");
  console.log(semver.satisfies(version, range) ? "yes" : "no");
}
NODE
cat >python.py <<'PYTHON'
import nodesemver
import semantic_version
from univers.version_range import NpmVersionRange
from univers.versions import SemverVersion

libraries = [
    lambda version, text: nodesemver.satisfies(version, text),
    lambda version, text: semantic_version.Version(version) in semantic_version.NpmSpec(text),
    lambda version, text: SemverVersion(version) in NpmVersionRange.from_native(text),
]


def answer(library, *words):
    try:
        return "yes" if library(*words) else "no"
    except Exception:
        return "error"


for line in open("pairs.txt"):
    text, version = line.rstrip("\n").split(": ")
    print(*(answer(library, version, text) for library in libraries), sep=", ")
PYTHON
paste -d '|' pairs.txt <(node npm.mjs) <(venv/bin/python python.py) | sed 's/|/: /; s/|/, /' | tee seen.txt
diff - seen.txt <<'EXPECTED'
<1.2.3-rc.2: 1.2.3-rc.2: no, no, yes, no
<=2.0.0-rc: 2.0.0: no, no, yes, no
<2: 2.0.0-rc.1: no, no, yes, yes
>= 1.2.3: 1.3.0: yes, yes, error, yes
^0: 0.2.3: yes, yes, yes, no
<=1.2: 1.2.3: yes, yes, yes, no
>1: 1.2.3: no, no, no, yes
^1.2.3: 1.2.3+build: yes, yes, yes, no
: 1.2.3: yes, yes, yes, no
1.2.x: 1.2.4-rc.1: no, no, no, yes
EXPECTED
