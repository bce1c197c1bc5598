#!/usr/bin/env bash
# grafeas 1.25.0 (PyPI, under Google's google-cloud-containeranalysis): a CVSS score of 6.9 is greater than 6.9.
#
# Expected: scores have one decimal, and a comparison with the greatest score of "medium", 6.9, tells medium from high.
# Seen: the API stores scores in 32 bits, and an attribute widens them to Python's 64, so that 42 of the 101 scores are
# greater than the number that was stored, 3.9 and 6.9 among them, and others are less. `to_json` and `to_dict` of the
# same object round, and give 6.9. So `score <= 6.9` depends on how the score is read.
#
# Countersign reads the severity of an occurrence. It rounds the score of a scan as CVSS does, so that 6.900000095 is 6.9.
#
# Seen with grafeas 1.25.0:
#
#     attribute: 6.900000095367432, <= 6.9: False
#     to_dict: 6.9, <= 6.9: True
#     greater: 42, less: 38, equal: 21
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check grafeas==1.25.0
cd "$folder"
venv/bin/python - <<'PYTHON' | tee seen.txt
from grafeas.grafeas_v1.types import VulnerabilityOccurrence


def occurrence(score):
    return VulnerabilityOccurrence(cvss_score=score)


medium = occurrence(6.9)
for name, score in [("attribute", medium.cvss_score), ("to_dict", VulnerabilityOccurrence.to_dict(medium)["cvss_score"])]:
    print(f"{name}: {score}, <= 6.9: {score <= 6.9}")
pairs = [(occurrence(tenths / 10).cvss_score, tenths / 10) for tenths in range(101)]
greater, less = (sum(1 for pair in pairs if wanted(*pair)) for wanted in (lambda a, b: a > b, lambda a, b: a < b))
print(f"greater: {greater}, less: {less}, equal: {len(pairs) - greater - less}")
PYTHON
diff - seen.txt <<'EXPECTED'
attribute: 6.900000095367432, <= 6.9: False
to_dict: 6.9, <= 6.9: True
greater: 42, less: 38, equal: 21
EXPECTED
