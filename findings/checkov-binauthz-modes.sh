#!/usr/bin/env bash
# checkov 3.3.30, CKV_GCP_66: a GKE cluster under platform policies and the project's policy counts as a cluster without
# Binary Authorization.
#
# Expected: "Ensure use of Binary Authorization" passes for each evaluation mode that enforces the project's policy. The
# API has three of use: PROJECT_SINGLETON_POLICY_ENFORCE, POLICY_BINDINGS (platform policies, which only report), and
# POLICY_BINDINGS_AND_PROJECT_SINGLETON_POLICY_ENFORCE (both).
# Seen: only the first passes. Adding a platform policy to a cluster makes the check fail, as DISABLED does.
#
# Countersign reads the policies of a Terraform plan, in any mode of the cluster.
#
# Seen with checkov 3.3.30 (PyPI):
#
#     PROJECT_SINGLETON_POLICY_ENFORCE PASSED
#     POLICY_BINDINGS_AND_PROJECT_SINGLETON_POLICY_ENFORCE FAILED
#     DISABLED FAILED
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check checkov==3.3.30
cd "$folder"
mkdir plan
modes="PROJECT_SINGLETON_POLICY_ENFORCE POLICY_BINDINGS_AND_PROJECT_SINGLETON_POLICY_ENFORCE DISABLED"
for mode in $modes; do
  cat >>plan/main.tf <<TF
resource "google_container_cluster" "$mode" {
  name     = "example"
  location = "europe-west1"
  binary_authorization {
    evaluation_mode = "$mode"
  }
}
TF
done
# Without a network, checkov reports that it cannot fetch its guidelines, and checks all the same.
venv/bin/checkov --directory plan --check CKV_GCP_66 --output json >report.json 2>/dev/null || true
python3 - $modes <<'PYTHON' | tee seen.txt
import json, sys
results = json.load(open("report.json"))["results"]
checks = results["passed_checks"] + results["failed_checks"]
found = {one["resource"].rpartition(".")[2]: one["check_result"]["result"] for one in checks}
for mode in sys.argv[1:]:
    print(mode, found[mode])
PYTHON
diff - seen.txt <<'EXPECTED'
PROJECT_SINGLETON_POLICY_ENFORCE PASSED
POLICY_BINDINGS_AND_PROJECT_SINGLETON_POLICY_ENFORCE FAILED
DISABLED FAILED
EXPECTED
