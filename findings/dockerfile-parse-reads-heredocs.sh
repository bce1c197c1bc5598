#!/usr/bin/env bash
# dockerfile-parse 2.0.1 (PyPI): a line of a here-document counts as the base image, and is what gets pinned.
#
# Expected: here-documents are a part of Dockerfiles since 1.4 of their syntax, and hold text for a shell or a file. The base
# image is the one of the last FROM outside of them. A variable may have a default, as in `${BASE:-r.example/app}`, and an
# ARG may be made of another one.
# Seen: a Dockerfile that writes another one has that one's image as its base image. Setting `baseimage` to a digest
# changes the text of the file that is written, and leaves the FROM with its tag. A default is cut into a name that no
# registry has, and an ARG made of another one is not resolved. dockerfile-ast (npm) skips here-documents.
#
# Countersign reads no Dockerfiles.
#
# Seen with dockerfile-parse 2.0.1 and dockerfile-ast 0.7.1:
#
#     here-document, python: r.example/app:1 r.example/other:1
#     here-document, npm: r.example/app:1
#     pinned: FROM r.example/app:1, COPY <<END Dockerfile, FROM r.example/app@sha256:22, END
#     default: :-r.example/app}:1
#     argument of an argument: r.example/app:$VERSION
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dockerfile-parse==2.0.1
cd "$folder"
npm install --silent dockerfile-ast@0.7.1 >/dev/null 2>&1
cat >Dockerfile <<'DOCKERFILE'
FROM r.example/app:1
COPY <<END Dockerfile
FROM r.example/other:1
END
DOCKERFILE
cat >read.py <<'PYTHON'
from io import BytesIO

from dockerfile_parse import DockerfileParser


def read(text):
    return DockerfileParser(fileobj=BytesIO(text.encode()))


file = read(open("Dockerfile").read())
print("here-document, python:", *file.parent_images)
file.baseimage = "r.example/app@sha256:22"
pinned = ", ".join(file.content.splitlines())
default = read("ARG BASE\nFROM ${BASE:-r.example/app}:1\n").baseimage
argument = read("ARG VERSION=1\nARG TAG=$VERSION\nFROM r.example/app:$TAG\n").baseimage
print(f"pinned: {pinned}\ndefault: {default}\nargument of an argument: {argument}")
PYTHON
cat >read.cjs <<'NODE'
const { readFileSync } = require("node:fs");
const { DockerfileParser } = require("dockerfile-ast");

const file = DockerfileParser.parse(readFileSync("Dockerfile", "utf8"));
console.log("here-document, npm:", ...file.getFROMs().map((from) => from.getImage()));
NODE
{
  venv/bin/python read.py >python.txt
  head -n 1 python.txt
  node read.cjs
  tail -n +2 python.txt
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
here-document, python: r.example/app:1 r.example/other:1
here-document, npm: r.example/app:1
pinned: FROM r.example/app:1, COPY <<END Dockerfile, FROM r.example/app@sha256:22, END
default: :-r.example/app}:1
argument of an argument: r.example/app:$VERSION
EXPECTED
