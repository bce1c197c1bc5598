#!/usr/bin/env bash
# Downloads the program of this version for this runner, and checks its sum and its provenance.
#
# SHA256    the sum that the archive must have besides, or empty
# GH_TOKEN  for `gh attestation verify`
set -euo pipefail

fail() {
  printf '::error::%s\n' "$1"
  exit 2
}

# The runner does not say which version of an action it runs (actions/runner, issue 2473); its files do.
manifest=$GITHUB_ACTION_PATH/Cargo.toml
field() { sed -n "s|^$1 = \"\(.*\)\".*|\1|p" "$manifest" | head -n 1; }
version=$(field version)
repository=$(field repository)
slug=${repository#https://github.com/}
[[ -n $version && $slug == */* ]] || fail "$manifest names no version or repository"

case "$RUNNER_OS-$RUNNER_ARCH" in
  Linux-X64) target=x86_64-unknown-linux-musl ;;
  Linux-ARM64) target=aarch64-unknown-linux-musl ;;
  macOS-X64) target=x86_64-apple-darwin ;;
  macOS-ARM64) target=aarch64-apple-darwin ;;
  *) fail "there is no program for $RUNNER_OS on $RUNNER_ARCH, only for Linux and macOS on X64 and ARM64" ;;
esac

name=countersign-v$version-$target
archive=$name.tar.gz
releases=${COUNTERSIGN_RELEASES:-$repository/releases/download}/v$version
folder=$RUNNER_TEMP/countersign
kept=$RUNNER_TOOL_CACHE/countersign/$version/$archive
mkdir -p "$folder" "$(dirname "$kept")"

download() {
  local schemes==https
  # Tests have a server of their own.
  [[ -z ${COUNTERSIGN_RELEASES:-} ]] || schemes==http,https
  curl --proto "$schemes" --fail --silent --show-error --location --retry 3 \
    --output "$folder/$1" "$releases/$1" || fail "cannot download $releases/$1"
}

sum() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

download SHA256SUMS
expected=$(awk -v name="$archive" '$2 == name { print $1 }' "$folder/SHA256SUMS")
[[ $expected =~ ^[0-9a-f]{64}$ ]] || fail "SHA256SUMS of v$version does not name $archive"
if [[ -n $SHA256 && $SHA256 != "$expected" ]]; then
  fail "the input sha256 is $SHA256, and the sum of $archive is $expected"
fi

if [[ -f $kept && $(sum "$kept") == "$expected" ]]; then
  cp "$kept" "$folder/$archive"
else
  download "$archive"
fi
actual=$(sum "$folder/$archive")
[[ $actual == "$expected" ]] || fail "the sum of $archive is $actual, and SHA256SUMS says $expected"

if command -v gh >/dev/null; then
  gh attestation verify "$folder/$archive" --repo "$slug" \
    --signer-workflow "$slug/.github/workflows/release.yml" \
    --source-ref "refs/tags/v$version" --deny-self-hosted-runners ||
    fail "$archive has no provenance of $slug's release workflow for the tag v$version"
elif [[ -z $SHA256 ]]; then
  fail "there is no gh to verify the provenance of $archive; install it, or set the input sha256"
fi
cmp -s "$folder/$archive" "$kept" || cp "$folder/$archive" "$kept"

tar -xzf "$folder/$archive" -C "$folder"
program=$folder/$name/countersign
digest=$("$program" inspect --format json | sed -n 's/.*"digest": *"\(sha256:[0-9a-f]*\)".*/\1/p' | head -n 1)
printf '%s\n' "$folder/$name" >>"$GITHUB_PATH"
printf 'program=%s\ndigest=%s\n' "$program" "$digest" >>"$GITHUB_OUTPUT"
printf 'countersign %s, module %s\n' "$version" "$digest"
