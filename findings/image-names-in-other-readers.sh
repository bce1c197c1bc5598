#!/usr/bin/env bash
# docker-parse-image 3.0.1 (npm) and oras 0.2.43 (PyPI): image references that they read as another image.
#
# Expected: by the grammar of the distribution project, `library/` is added to names of Docker Hub only, and a first
# segment `localhost` is a registry although it has no dot.
# Seen: docker-parse-image completes `registry.example/app` to `registry.example/library/app`, another repository. It
# returns the digest as a tag, so that its `name` ends in `app:sha256:…`, which is no reference. Both take `localhost/app`
# for a repository of Docker Hub.
#
# Countersign completes Docker Hub's names only, and a table of its tests has these cases (`image/tests.rs`).
#
# Seen with docker-parse-image 3.0.1 (npm) and oras 0.2.43 (PyPI):
#
#     docker-parse-image: registry.example/library/app:latest
#     docker-parse-image: tag sha256:2222…
#     docker-parse-image: localhost is a namespace
#     oras: localhost is a namespace of docker.io
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check oras==0.2.43
cd "$folder"
npm install --silent docker-parse-image@3.0.1 >/dev/null 2>&1
{
  node --input-type=module <<'NODE'
import parse from "docker-parse-image";

console.log("docker-parse-image:", parse("registry.example/app").fullname);
const pinned = parse(`registry.example/team/app@sha256:${"2".repeat(64)}`);
console.log("docker-parse-image: tag", `${pinned.tag.slice(0, 11)}…`);
const local = parse("localhost/app");
console.log("docker-parse-image: localhost is a", local.registry ? "registry" : "namespace");
NODE
  venv/bin/python - <<'PYTHON'
from oras.container import Container

local = Container("localhost/app")
role = f"namespace of {local.registry}" if local.namespace == "localhost" else "registry"
print("oras: localhost is a", role)
PYTHON
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
docker-parse-image: registry.example/library/app:latest
docker-parse-image: tag sha256:2222…
docker-parse-image: localhost is a namespace
oras: localhost is a namespace of docker.io
EXPECTED
