#!/usr/bin/env bash
# lib4vex 0.2.3 (PyPI): what it reads as VEX comes back with another status, or for another product.
#
# Expected: a document that is read and written in the same format says the same of each product, and one that is
# written in another format says it in that format's words: OpenVEX's `fixed` is CycloneDX's `resolved` and CSAF's `fixed`.
# Seen: of two products of a statement, the last one stays. In CSAF, a vulnerability that affects release 1 and is fixed in
# release 2 comes back as fixed in release 1. Of OpenVEX's words, `affected` and `fixed` become CycloneDX's `in_triage`, and
# `affected` and `not_affected` become CSAF's `under_investigation`. The time of an action is the action's text.
#
# Countersign reads no VEX.
#
# Seen with lib4vex 0.2.3 and lib4sbom 0.10.4:
#
#     openvex, affected for two products: affected for pkg:oci/web@sha256%3A33, action at "update"
#     csaf, known_affected 1 and fixed 2: fixed 1
#     openvex not_affected, affected, fixed to cyclonedx: not_affected, in_triage, in_triage
#     openvex not_affected, affected, fixed to csaf: under_investigation, under_investigation, fixed
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check lib4vex==0.2.3 lib4sbom==0.10.4
cd "$folder"
python3 - <<'PYTHON'
import json

DATE = "2026-01-01T00:00:00Z"
document = {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://shop.example/vex", "author": "shop", "role": "Supplier"}


def openvex(name, products, *statuses):
    statements = [{"vulnerability": {"name": f"CVE-2026-{1000 + number}"}, "timestamp": DATE, "status": status,
                   "products": [{"@id": product} for product in products]} for number, status in enumerate(statuses)]
    for statement in statements:
        if statement["status"] == "affected":
            statement |= {"action_statement": "update", "action_statement_timestamp": DATE}
        if statement["status"] == "not_affected":
            statement |= {"justification": "vulnerable_code_not_present"}
    json.dump(document | {"timestamp": DATE, "version": 1, "statements": statements}, open(name, "w"))


openvex("two.json", ["pkg:oci/app@sha256%3A22", "pkg:oci/web@sha256%3A33"], "affected")
openvex("three.json", ["pkg:oci/app@1"], "not_affected", "affected", "fixed")
tracking = {"id": "1", "status": "final", "version": "1", "current_release_date": DATE, "initial_release_date": DATE,
            "revision_history": [{"date": DATE, "number": "1", "summary": "first"}]}
publisher = {"category": "vendor", "name": "shop", "namespace": "https://shop.example"}
releases = [{"category": "product_version", "name": name, "product": {"name": f"app {name}", "product_id": f"app-{name}"}}
            for name in ["1", "2"]]
tree = {"category": "vendor", "name": "shop", "branches": [{"category": "product_name", "name": "app", "branches": releases}]}
vulnerability = {"cve": "CVE-2026-1000", "product_status": {"known_affected": ["app-1"], "fixed": ["app-2"]},
                 "notes": [{"category": "description", "title": "text", "text": "an overflow"}],
                 "remediations": [{"category": "vendor_fix", "details": "update", "date": DATE, "product_ids": ["app-1"]}]}
head = {"category": "csaf_vex", "csaf_version": "2.0", "title": "app", "notes": [{"category": "summary", "title": "app", "text": "app"}]}
advisory = {"document": head | {"publisher": publisher, "tracking": tracking}, "product_tree": {"branches": [tree]},
            "vulnerabilities": [vulnerability]}
json.dump(advisory, open("advisory.json", "w"))
PYTHON
# A process for each conversion: the library keeps what it wrote before.
cat >convert.py <<'PYTHON'
import json
import sys

from lib4vex.generator import VEXGenerator
from lib4vex.parser import VEXParser

file, source, target = sys.argv[1:]
parser = VEXParser(vex_type=source)
parser.parse(file)
generator = VEXGenerator(vex_type=target, author="shop")
generator.set_product(name="app", release="1", sbom="")
generator.generate(project_name="app", vex_data=parser.get_vulnerabilities(), metadata=parser.get_metadata(), filename="out.json")
written = json.load(open("out.json"))
if target == "openvex":
    for one in written["statements"]:
        products = ", ".join(product["@id"] for product in one["products"])
        print(f"{one['status']} for {products}, action at \"{one['action_statement_timestamp']}\"")
elif target == "cyclonedx":
    print(*(one["analysis"]["state"] for one in written["vulnerabilities"]), sep=", ")
else:
    names = {}
    for vendor in written["product_tree"]["branches"]:
        for product in vendor["branches"]:
            names |= {one["product"]["product_id"]: one["name"] for one in product["branches"]}
    told = [(status, products) for one in written["vulnerabilities"] for status, products in one["product_status"].items()]
    numbers = source == "csaf"
    print(*(f"{status} {', '.join(names[one] for one in products)}" if numbers else status for status, products in told), sep=", ")
PYTHON
{
  echo "openvex, affected for two products: $(venv/bin/python convert.py two.json openvex openvex)"
  echo "csaf, known_affected 1 and fixed 2: $(venv/bin/python convert.py advisory.json csaf csaf)"
  echo "openvex not_affected, affected, fixed to cyclonedx: $(venv/bin/python convert.py three.json openvex cyclonedx)"
  echo "openvex not_affected, affected, fixed to csaf: $(venv/bin/python convert.py three.json openvex csaf)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
openvex, affected for two products: affected for pkg:oci/web@sha256%3A33, action at "update"
csaf, known_affected 1 and fixed 2: fixed 1
openvex not_affected, affected, fixed to cyclonedx: not_affected, in_triage, in_triage
openvex not_affected, affected, fixed to csaf: under_investigation, under_investigation, fixed
EXPECTED
