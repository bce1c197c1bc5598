#!/usr/bin/env bash
# regopy 1.5.2 (PyPI, the Rego engine rego-cpp): `max`, `sort` and `semver.compare` order numbers by their digits as text.
#
# Expected: an engine that says `2 > 10` is false finds that the greatest of 2 and 10 is 10, and that version 1.10.0 is
# newer than 1.9.0, whatever the order of the arguments.
# Seen: comparisons are right, `max([2, 10])` is 2, `sort([2, 10, 1])` is [1, 10, 2], and both `semver.compare("1.9.0",
# "1.10.0")` and the same with the versions exchanged are -1. A release candidate is newer than its release. In OPA,
# `object.union` merges objects within objects; here the second replaces the first.
#
# Countersign's policies are documents; no Rego is involved.
#
# Seen with regopy 1.5.2:
#
#     2 > 10: undefined
#     max([2, 10]): 2
#     sort([2, 10, 1]): [1,10,2]
#     semver.compare("1.9.0", "1.10.0"): -1
#     semver.compare("1.10.0", "1.9.0"): -1
#     semver.compare("1.0.0-rc.1", "1.0.0"): 1
#     object.union({"a": {"b": 1}}, {"a": {"c": 2}}): {"a":{"c":2}}
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check regopy==1.5.2
cd "$folder"
venv/bin/python - <<'PYTHON' | tee seen.txt
import re

import regopy

for query in [
    "2 > 10",
    "max([2, 10])",
    "sort([2, 10, 1])",
    'semver.compare("1.9.0", "1.10.0")',
    'semver.compare("1.10.0", "1.9.0")',
    'semver.compare("1.0.0-rc.1", "1.0.0")',
    'object.union({"a": {"b": 1}}, {"a": {"c": 2}})',
]:
    answer = str(regopy.Interpreter().query(query)).strip()
    print(f"{query}:", re.sub(r'^\{"expressions":\[(.*)\]\}$', r"\1", answer))
PYTHON
diff - seen.txt <<'EXPECTED'
2 > 10: undefined
max([2, 10]): 2
sort([2, 10, 1]): [1,10,2]
semver.compare("1.9.0", "1.10.0"): -1
semver.compare("1.10.0", "1.9.0"): -1
semver.compare("1.0.0-rc.1", "1.0.0"): 1
object.union({"a": {"b": 1}}, {"a": {"c": 2}}): {"a":{"c":2}}
EXPECTED
