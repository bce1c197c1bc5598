#!/usr/bin/env bash
# cargo-mutants 27.1.0 (crates.io): the baseline does not run the packages of `--test-package`.
# Expected: the tree without a change is tested with the packages that the mutants are tested with, so that a test
# which always fails stops the run.
# Seen, with a package `core` and a package `checks` whose only test always fails:
#   cargo mutants -p core --test-package checks  -> baseline ok, every mutant is `caught`, status 0
# The baseline tests `core` alone. A broken test of the other package makes all mutants look caught.
# Exits with 0 as long as that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cargo install --quiet --locked --root tools cargo-mutants@27.1.0
export PATH="$folder/tools/bin:$PATH"

cat >Cargo.toml <<'TOML'
[workspace]
resolver = "3"
members = ["core", "checks"]
TOML
for package in core checks; do
  mkdir -p "$package/src"
  printf '[package]\nname = "%s-package"\nversion = "0.1.0"\nedition = "2024"\n' "$package" >"$package/Cargo.toml"
done
echo 'pub fn is_positive(number: i32) -> bool { number > 0 }' >core/src/lib.rs
printf '[dependencies]\ncore-package = { path = "../core" }\n' >>checks/Cargo.toml
printf '#[test]\nfn fails() {\n    panic!("{}", core_package::is_positive(1));\n}\n' >checks/src/lib.rs

echo "cargo test, without a change:"
if cargo test --quiet >/dev/null 2>&1; then
  echo "  passes"
  exit 1
fi
echo "  fails"
echo "cargo mutants -p core-package --test-package checks-package:"
seen=$(cargo mutants -p core-package --test-package checks-package --colors never)
grep -E 'baseline|tested' <<<"$seen" | sed 's/^/  /'
grep -q '^ok .*baseline' <<<"$seen"
grep -Eq '^([0-9]+) mutants tested.*: \1 caught' <<<"$seen"
