#!/usr/bin/env bash
# cargo 1.95.0 and wasm-opt 132: `strip = true` makes a module that wasm-opt refuses, and `strip = "debuginfo"` does not.
#
# Expected: stripping takes names and debug information out. The list of features that the module was compiled with is
# neither, so that tools behind the linker still know them.
# Seen: the section `target_features` is gone, and so is `producers`, while sections that the code itself added stay. Without
# the list, wasm-opt takes the module for one of WebAssembly 1.0, and refuses the `memory.copy` that Rust has written
# since 1.87, until it is given `--enable-bulk-memory-opt`.
#
# Countersign's build names the features when it calls wasm-opt (`tests/src/modules.rs`).
#
# Seen with cargo 1.95.0 for wasm32-unknown-unknown and binaryen 132.0.0 (npm):
#
#     debuginfo: name policy.metadata producers target_features; wasm-opt: ok
#     true: policy.metadata; wasm-opt: memory.copy operations require bulk memory operations [--enable-bulk-memory-opt]
#     true, with --enable-bulk-memory-opt: ok
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
rustup target list --toolchain 1.95.0 --installed 2>/dev/null | grep -q '^wasm32-unknown-unknown' ||
  rustup toolchain install 1.95.0 --profile minimal --target wasm32-unknown-unknown
npm install --silent binaryen@132.0.0 >/dev/null 2>&1
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "policy"
version = "0.1.0"
edition = "2024"
[lib]
crate-type = ["cdylib"]
TOML
cat >src/lib.rs <<'RUST'
#[used]
#[unsafe(link_section = "policy.metadata")]
static METADATA: [u8; 4] = *b"name";

#[unsafe(no_mangle)]
extern "C" fn decide(length: usize) -> usize {
    vec![METADATA[0]; length].repeat(2).len()
}
RUST
cat >sections.cjs <<'NODE'
// The names of custom sections: of those that a module can have here.
const code = new WebAssembly.Module(require("fs").readFileSync(process.argv[2]));
const known = ["name", "policy.metadata", "producers", "target_features"];
console.log(known.filter((name) => WebAssembly.Module.customSections(code, name).length).join(" "));
NODE

# What wasm-opt says about a module.
optimise() {
  node_modules/.bin/wasm-opt -O "$@" --output optimised.wasm >said.txt 2>&1 && echo ok ||
    grep --only-matching --max-count=1 'memory.copy operations require.*\]' said.txt
}
for strip in debuginfo true; do
  CARGO_PROFILE_RELEASE_STRIP=$strip cargo +1.95.0 build --quiet --release --offline --target wasm32-unknown-unknown
  cp target/wasm32-unknown-unknown/release/policy.wasm "$strip.wasm"
done
{
  echo "debuginfo: $(node sections.cjs debuginfo.wasm); wasm-opt: $(optimise debuginfo.wasm)"
  echo "true: $(node sections.cjs true.wasm); wasm-opt: $(optimise true.wasm)"
  echo "true, with --enable-bulk-memory-opt: $(optimise true.wasm --enable-bulk-memory-opt)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
debuginfo: name policy.metadata producers target_features; wasm-opt: ok
true: policy.metadata; wasm-opt: memory.copy operations require bulk memory operations [--enable-bulk-memory-opt]
true, with --enable-bulk-memory-opt: ok
EXPECTED
