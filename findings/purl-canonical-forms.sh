#!/usr/bin/env bash
# packageurl-python 0.17.6 (PyPI) and packageurl-js 2.0.1 (npm): one package URL has two canonical forms.
#
# Expected: both libraries of the package-url project write the canonical form of a URL, so that package URLs of two SBOMs
# can be compared as texts.
# Seen: Python escapes `+` in a version, as security updates of Debian have it, and JavaScript does not, though it does
# in a name. JavaScript escapes `/` and `:` in a qualifier, as in the repository of an image, and Python does not. Each
# reads the other one's form, and writes its own: whoever compares texts finds no package of the other SBOM.
#
# Countersign reads no package URLs.
#
# Seen with the versions above:
#
#     python pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64
#     js     pkg:deb/debian/libstdc%2B%2B6@12.2.0-14+deb12u1?arch=amd64
#     python pkg:oci/app@sha256:2222?repository_url=registry.example:5000/shop/app
#     js     pkg:oci/app@sha256:2222?repository_url=registry.example%3A5000%2Fshop%2Fapp
#     python reads the forms of js: yes yes
#     js reads the forms of python: yes yes
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check packageurl-python==0.17.6
cd "$folder"
npm install --silent packageurl-js@2.0.1 >/dev/null 2>&1
cat >forms.py <<'PYTHON'
import sys

from packageurl import PackageURL

for url in sys.argv[1:]:
    print(PackageURL.from_string(url).to_string())
PYTHON
cat >forms.mjs <<'NODE'
import { PackageURL } from "packageurl-js";

for (const url of process.argv.slice(2)) console.log(PackageURL.fromString(url).toString());
NODE
python() { venv/bin/python forms.py "$@"; }
js() { node forms.mjs "$@"; }

urls=(
  "pkg:deb/debian/libstdc++6@12.2.0-14+deb12u1?arch=amd64"
  "pkg:oci/app@sha256:2222?repository_url=registry.example:5000/shop/app"
)
# Whether READER has the same two forms for what the other one writes as for the URLs.
reads() { # READER WRITER
  local index
  for index in 0 1; do
    [ "$("$1" "$("$2" "${urls[$index]}")")" = "$("$1" "${urls[$index]}")" ] && printf ' yes' || printf ' no'
  done
}
{
  for url in "${urls[@]}"; do
    echo "python $(python "$url")"
    echo "js     $(js "$url")"
  done
  echo "python reads the forms of js:$(reads python js)"
  echo "js reads the forms of python:$(reads js python)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
python pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64
js     pkg:deb/debian/libstdc%2B%2B6@12.2.0-14+deb12u1?arch=amd64
python pkg:oci/app@sha256:2222?repository_url=registry.example:5000/shop/app
js     pkg:oci/app@sha256:2222?repository_url=registry.example%3A5000%2Fshop%2Fapp
python reads the forms of js: yes yes
js reads the forms of python: yes yes
EXPECTED
