#!/usr/bin/env bash
# regorus 0.13 (PyPI: gordon-to-regorus 0.13.0) and 0.14.1 (crates.io), Rego in Rust: results that OPA does not have.
#
# Expected: `strings.replace_n` replaces each place once and `strings.count` counts places that do not overlap, as OPA
# documents both. YAML is read as Kubernetes reads it (YAML 1.1), and a time in RFC 3339 has a `T`.
# Seen: what one pair put in is replaced by the next pair. A table of mirrors, from `docker.io` to `mirror.example` and
# from `mirror.example` to `cache.example`, sends images of Docker Hub to the cache. Occurrences overlap. `yes` and `010` are
# texts, and `yes` is written without quotes, which kubectl reads as true.
#
# Countersign's policies are documents; no Rego is involved.
#
# Seen with both versions:
#
#     strings.replace_n({"docker.io": "mirror.example", "mirror.example": "cache.example"}, "docker.io/app"): "cache.example/app"
#     strings.count("aaa", "aa"): 2
#     yaml.unmarshal("a: yes\nb: 010"): {"a": "yes", "b": "010"}
#     yaml.marshal({"a": "yes"}): "a: yes\n"
#     time.parse_rfc3339_ns("2026-01-01 00:00:00Z"): 1767225600000000000
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gordon-to-regorus==0.13.0
cd "$folder"
cat >calls.txt <<'REGO'
strings.replace_n({"docker.io": "mirror.example", "mirror.example": "cache.example"}, "docker.io/app")
strings.count("aaa", "aa")
yaml.unmarshal("a: yes\nb: 010")
yaml.marshal({"a": "yes"})
time.parse_rfc3339_ns("2026-01-01 00:00:00Z")
REGO
venv/bin/python - <<'PYTHON' | tee seen.txt
import json

import regorus

for call in open("calls.txt").read().splitlines():
    answer = json.loads(regorus.Engine().eval_query_as_json(call))
    print(f"{call}: {json.dumps(answer['result'][0]['expressions'][0]['value'])}")
PYTHON
diff - seen.txt <<'EXPECTED'
strings.replace_n({"docker.io": "mirror.example", "mirror.example": "cache.example"}, "docker.io/app"): "cache.example/app"
strings.count("aaa", "aa"): 2
yaml.unmarshal("a: yes\nb: 010"): {"a": "yes", "b": "010"}
yaml.marshal({"a": "yes"}): "a: yes\n"
time.parse_rfc3339_ns("2026-01-01 00:00:00Z"): 1767225600000000000
EXPECTED
