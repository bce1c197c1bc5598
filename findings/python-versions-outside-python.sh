#!/usr/bin/env bash
# pep440-rs 0.6.5 (PyPI) and @renovatebot/pep440 4.2.4 (npm): versions of Python packages in another order.
#
# Expected: version specifiers of Python (PEP 440) have one order: a development release is before an alpha of the same
# release, and a local label such as `+cpu` is part of what `==` compares when it is given.
# Seen: for pep440-rs, in Rust, 1.0.dev1 is newer than 1.0a1 and 1.0rc1, so `>=1.0a1` holds it and `<1.0a1` does not.
# The crate pep440_rs 0.7.3 has the order right. For @renovatebot/pep440, `==1.0+cpu` holds 1.0+cu121, another build of
# the package, though not 1.0. `===1.0`, which compares texts, holds 1.0+cpu.
#
# Countersign compares no versions of packages: a scanner's report says what is vulnerable.
#
# Seen with the versions above and packaging 26.4 (PyPI): packaging, pep440-rs, @renovatebot/pep440:
#
#     >=1.0a1: 1.0.dev1: no, yes, no
#     <1.0a1: 1.0.dev1: yes, no, no
#     <1.0rc1: 1.0.dev1: yes, no, no
#     <1.0: 1.0.dev1: no, no, no
#     ==1.0+cpu: 1.0+cpu: yes, yes, yes
#     ==1.0+cpu: 1.0+cu121: no, no, yes
#     !=1.0+cpu: 1.0+cu121: yes, yes, no
#     ==1.0+cpu: 1.0: no, no, no
#     ===1.0: 1.0+cpu: no, no, yes
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check packaging==26.4 pep440-rs==0.6.5
cd "$folder"
npm install --silent @renovatebot/pep440@4.2.4 >/dev/null 2>&1
cat >pairs.txt <<'VERSIONS'
>=1.0a1: 1.0.dev1
<1.0a1: 1.0.dev1
<1.0rc1: 1.0.dev1
<1.0: 1.0.dev1
==1.0+cpu: 1.0+cpu
==1.0+cpu: 1.0+cu121
!=1.0+cpu: 1.0+cu121
==1.0+cpu: 1.0
===1.0: 1.0+cpu
VERSIONS
cat >holds.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { satisfies } from "@renovatebot/pep440";

for (const line of readFileSync("pairs.txt", "utf8").trim().split("\n")) {
  const [specifier, version] = line.split(": ");
  console.log(satisfies(version, specifier, { prereleases: true }) ? "yes" : "no");
}
NODE
cat >holds.py <<'PYTHON'
import pep440_rs
from packaging.specifiers import Specifier

for line in open("pairs.txt"):
    specifier, version = line.strip().split(": ")
    answers = [
        Specifier(specifier).contains(version, prereleases=True),
        pep440_rs.Version(version) in pep440_rs.VersionSpecifier(specifier),
    ]
    print(*("yes" if answer else "no" for answer in answers), sep=", ")
PYTHON
paste -d '|' pairs.txt <(venv/bin/python holds.py) <(node holds.mjs) | sed 's/|/: /; s/|/, /' | tee seen.txt
diff - seen.txt <<'EXPECTED'
>=1.0a1: 1.0.dev1: no, yes, no
<1.0a1: 1.0.dev1: yes, no, no
<1.0rc1: 1.0.dev1: yes, no, no
<1.0: 1.0.dev1: no, no, no
==1.0+cpu: 1.0+cpu: yes, yes, yes
==1.0+cpu: 1.0+cu121: no, no, yes
!=1.0+cpu: 1.0+cu121: yes, yes, no
==1.0+cpu: 1.0: no, no, no
===1.0: 1.0+cpu: no, no, yes
EXPECTED
