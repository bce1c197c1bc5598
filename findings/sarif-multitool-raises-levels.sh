#!/usr/bin/env bash
# sarif-multitool 5.7.0 (npm, from the authors of the SDK for SARIF): a warning becomes an error when a log is rewritten.
#
# Expected: `rewrite` and `merge` keep what a log says. A result without a level has the level of its rule, and only if
# that has none, `warning` (SARIF 2.1.0, section 3.27.10), so `warning` may be left out for such rules alone.
# Seen: the tool leaves out every `"level": "warning"`, as if it were the default of all rules. If the rule's own level is
# `error` or `note`, the result has that one afterwards. Other levels stay. A text in a property bag that looks like a
# time is written in UTC.
#
# Countersign's `lint` writes the level of each result, and that of each rule as it is without `countersign-lint.yaml`. So
# what that file turns into a warning is affected.
#
# Seen with @microsoft/sarif-multitool-linux 5.7.0 (npm), for a rule with `error` and results with `error`, `warning`,
# `note` and no level, as their levels by the section above, and a text in the property bag:
#
#     log.sarif: error, warning, note, error | 2026-01-01T00:00:00+02:00
#     rewritten.sarif: error, error, note, error | 2025-12-31T22:00:00+00:00
#     merged.sarif: error, error, note, error | 2025-12-31T22:00:00+00:00
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent @microsoft/sarif-multitool-linux@5.7.0 >/dev/null 2>&1
tool() { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool "$@" >/dev/null; }
cat >log.py <<'PYTHON'
import json
import sys


def write():
    levels = ["error", "warning", "note", None]
    results = [{"ruleId": "pinned", "ruleIndex": 0, "message": {"text": str(level)}} for level in levels]
    for result, level in zip(results, levels):
        if level:
            result["level"] = level
    results[0]["properties"] = {"seen": "2026-01-01T00:00:00+02:00"}
    rules = [{"id": "pinned", "defaultConfiguration": {"level": "error"}}]
    run = {"tool": {"driver": {"name": "shop", "rules": rules}}, "results": results}
    json.dump({"version": "2.1.0", "runs": [run]}, open("log.sarif", "w"))


def show(name):
    run = json.load(open(name, encoding="utf-8-sig"))["runs"][0]
    default = run["tool"]["driver"]["rules"][0]["defaultConfiguration"]["level"]
    levels = [result.get("level", default) for result in run["results"]]
    print(f"{name}: {', '.join(levels)} | {run['results'][0]['properties']['seen']}")


write() if sys.argv[1] == "write" else show(sys.argv[1])
PYTHON
python3 log.py write
tool rewrite log.sarif --output rewritten.sarif
tool merge log.sarif --output-directory . --output-file merged.sarif
for name in log rewritten merged; do
  python3 log.py $name.sarif
done | tee seen.txt
diff - seen.txt <<'EXPECTED'
log.sarif: error, warning, note, error | 2026-01-01T00:00:00+02:00
rewritten.sarif: error, error, note, error | 2025-12-31T22:00:00+00:00
merged.sarif: error, error, note, error | 2025-12-31T22:00:00+00:00
EXPECTED
