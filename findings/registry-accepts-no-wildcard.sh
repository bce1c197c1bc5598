#!/usr/bin/env bash
# docker-registry 2.8.2 (Debian 12): `Accept: */*` does not accept what is there, and a tag's digest depends on `Accept`.
#
# Expected: `*/*` stands for every media type (RFC 9110, section 12.5.1), and so does a request without the header. A tag
# names one manifest; if its type is not accepted, the answer says so.
# Seen: an index of OCI is 404 unless its very type is listed, as if the tag did not exist, and a list of Docker is 400.
# Asked for a single manifest, the registry answers for a list with its manifest for linux/amd64, and with that digest. So
# a client that resolves a tag with one type signs or pins one platform, and finds no index.
#
# Countersign does not ask registries: the digest comes from the manifest or from the host of the policy.
#
# Seen with Debian's docker-registry 2.8.2 (must be installed), as the status and what is returned:
#
#     docker, */*: 400
#     docker, single manifest: 200 the manifest for linux/amd64
#     docker, list: 200 the list
#     oci, */*: 404
#     oci, single manifest: 404
#     oci, list: 200 the list
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
printf 'version: 0.1\nlog: {accesslog: {disabled: true}, level: error}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: %s}\n' \
  "$folder/data" 127.0.0.1:5965 >registry.yml
docker-registry serve registry.yml >/dev/null 2>&1 &
registry=http://127.0.0.1:5965/v2
for _ in $(seq 50); do curl --silent --output /dev/null "$registry/" && break || sleep 0.1; done

declare -A single=([docker]=application/vnd.docker.distribution.manifest.v2+json [oci]=application/vnd.oci.image.manifest.v1+json)
declare -A list=([docker]=application/vnd.docker.distribution.manifest.list.v2+json [oci]=application/vnd.oci.image.index.v1+json)
digest() { echo "sha256:$(sha256sum "$1" | cut -d' ' -f1)"; }
descriptor() { printf '"mediaType":"%s","digest":"%s","size":%s' "$1" "$(digest "$2")" "$(stat --format %s "$2")"; }
put() { curl --silent --fail --output /dev/null --request PUT --header "Content-Type: $1" --data-binary "@$2" "$3"; }

echo -n '{"os":"linux","architecture":"amd64"}' >config
for name in docker oci; do
  upload=$(curl --silent --dump-header - --request POST "$registry/$name/blobs/uploads/" | tr -d '\r' | sed -n 's/^Location: //p')
  put application/octet-stream config "$upload&digest=$(digest config)"
  printf '{"schemaVersion":2,"mediaType":"%s","config":{%s},"layers":[]}' \
    "${single[$name]}" "$(descriptor application/vnd.docker.container.image.v1+json config)" >"$name.single"
  put "${single[$name]}" "$name.single" "$registry/$name/manifests/$(digest "$name.single")"
  printf '{"schemaVersion":2,"mediaType":"%s","manifests":[{%s,"platform":{"os":"linux","architecture":"amd64"}}]}' \
    "${list[$name]}" "$(descriptor "${single[$name]}" "$name.single")" >"$name.list"
  put "${list[$name]}" "$name.list" "$registry/$name/manifests/1"
done

# The status of the tag for a client that accepts a type, and what was returned.
ask() { # NAME TYPE
  local status
  status=$(curl --silent --output answer --write-out '%{http_code}' --header "Accept: $2" "$registry/$1/manifests/1")
  case $(digest answer) in
    "$(digest "$1.list")") echo "$status the list" ;;
    "$(digest "$1.single")") echo "$status the manifest for linux/amd64" ;;
    *) echo "$status" ;;
  esac
}
for name in docker oci; do
  echo "$name, */*: $(ask $name '*/*')"
  echo "$name, single manifest: $(ask $name "${single[$name]}")"
  echo "$name, list: $(ask $name "${list[$name]}")"
done | tee seen.txt
diff - seen.txt <<'EXPECTED'
docker, */*: 400
docker, single manifest: 200 the manifest for linux/amd64
docker, list: 200 the list
oci, */*: 404
oci, single manifest: 404
oci, list: 200 the list
EXPECTED
