#!/usr/bin/env bash
# univers 32.0.1, debian-inspector 31.1.1 (PyPI) and debversion 0.5.5 (crates.io): versions of Debian that dpkg calls equal
# are not equal there, although neither is less than the other, or one is.
#
# Expected: dpkg compares digits as numbers and takes an absent revision for 0, so `1.02` is `1.2`, and a library for
# versions in advisories answers the same. At least, `<=` and `>=` together mean `==`.
# Seen: univers says that `1.02 <= 1.2` and `1.02 >= 1.2` hold, and that `1.02 == 1.2` does not: its order is dpkg's, but
# equality compares the parts as texts. debian-inspector, from the same authors, does the same. In Rust,
# debversion says that `3b` is less than `3b0`. python-debian agrees with dpkg.
#
# Seen with the versions above, python-debian 1.1.1 (PyPI) and dpkg 1.21:
#
#     dpkg      1.02 1.2: le eq ge
#     univers   1.02 1.2: le ge
#     inspector 1.02 1.2: le ge
#     rust      1.02 1.2: le eq ge
#     python    1.02 1.2: le eq ge
#     dpkg      3b 3b0: le eq ge
#     univers   3b 3b0: le ge
#     inspector 3b 3b0: le ge
#     rust      3b 3b0: le
#     python    3b 3b0: le eq ge
#     dpkg      2.0-1 2.0-01: le eq ge
#     univers   2.0-1 2.0-01: le ge
#     inspector 2.0-1 2.0-01: le ge
#     rust      2.0-1 2.0-01: le eq ge
#     python    2.0-1 2.0-01: le eq ge
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check univers==32.0.1 debian-inspector==31.1.1 \
  python-debian==1.1.1
cd "$folder"
cargo new --quiet --vcs none --name order rust
echo 'debversion = "=0.5.5"' >>rust/Cargo.toml
cat >rust/src/main.rs <<'RUST'
fn main() {
    let [left, right] = [1, 2].map(|index| std::env::args().nth(index).unwrap().parse::<debversion::Version>().unwrap());
    println!("{:?}", left.cmp(&right));
}
RUST
cargo build --quiet --manifest-path rust/Cargo.toml
venv/bin/python - <<'PYTHON' | tee seen.txt
import operator, subprocess

from debian.debian_support import Version
from debian_inspector.version import Version as Inspected
from univers.versions import DebianVersion

RELATIONS = ["le", "eq", "ge"]


def by_dpkg(relation, left, right):
    return subprocess.run(["dpkg", "--compare-versions", left, relation, right]).returncode == 0


def by(read):
    return lambda relation, left, right: getattr(operator, relation)(read(left), read(right))


def by_rust(relation, left, right):
    order = subprocess.run(["rust/target/debug/order", left, right], capture_output=True, text=True).stdout.strip()
    return order == "Equal" or relation == {"Less": "le", "Greater": "ge"}[order]


readers = {
    "dpkg": by_dpkg,
    "univers": by(DebianVersion),
    "inspector": by(Inspected.from_string),
    "rust": by_rust,
    "python": by(Version),
}
for left, right in [("1.02", "1.2"), ("3b", "3b0"), ("2.0-1", "2.0-01")]:
    for name, holds in readers.items():
        print(f"{name:<9} {left} {right}:", *(relation for relation in RELATIONS if holds(relation, left, right)))
PYTHON
diff - seen.txt <<'EXPECTED'
dpkg      1.02 1.2: le eq ge
univers   1.02 1.2: le ge
inspector 1.02 1.2: le ge
rust      1.02 1.2: le eq ge
python    1.02 1.2: le eq ge
dpkg      3b 3b0: le eq ge
univers   3b 3b0: le ge
inspector 3b 3b0: le ge
rust      3b 3b0: le
python    3b 3b0: le eq ge
dpkg      2.0-1 2.0-01: le eq ge
univers   2.0-1 2.0-01: le ge
inspector 2.0-1 2.0-01: le ge
rust      2.0-1 2.0-01: le eq ge
python    2.0-1 2.0-01: le eq ge
EXPECTED
