#!/usr/bin/env bash
# cargo 1.95.0: `strip = true` of a profile does not count for a package that the profile also names.
#
# Expected: [profile.release.package.NAME] changes what it says, here opt-level, and the rest is the profile's.
# Seen, as the number of symbols in the program:
#   [profile.release] strip = true                            -> none
#   the same, and the package named with another opt-level    -> some   (a WebAssembly module keeps its names, too)
#   the same, and strip = true at the package as well         -> none
#
# Exits with 0 as long as that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
rustup toolchain list | grep -q '^1\.95\.0' || rustup toolchain install 1.95.0 --profile minimal
mkdir src
echo 'fn main() { println!("{}", std::env::args().count()); }' >src/main.rs

expect() {
  printf '%s\n' '[package]' 'name = "named"' 'version = "0.1.0"' 'edition = "2024"' '[profile.release]' 'strip = true' "$3" >Cargo.toml
  cargo +1.95.0 build --quiet --release --offline
  local seen=some
  [ -n "$(nm target/release/named 2>/dev/null)" ] || seen=none
  printf '%-40s %s\n' "$1" "$seen"
  [ "$seen" = "$2" ] || { printf 'changed: expected %s\n' "$2"; exit 1; }
}

expect 'strip' none ''
expect 'strip, and opt-level of the package' some $'[profile.release.package.named]\nopt-level = 1'
expect 'strip twice, and opt-level' none $'[profile.release.package.named]\nopt-level = 1\nstrip = true'
