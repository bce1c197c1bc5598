#!/usr/bin/env bash
# wasm-opt of Binaryen 108 (Debian 12): every exported table becomes the first one, also without a pass.
#
# Expected: a module that is read and written without optimisation is the same module.
# Seen: with reference types, a module may export several tables, and Binaryen keeps them all, but writes 0 as the index of
# each exported table. The module stays valid, and its second export is the first table. A module of Rust's wasm-bindgen
# exports its table of objects, which stands behind a table of functions that cannot grow: after wasm-opt it does not load
# (`failed to grow table by 4`, seen with @cedar-policy/cedar-wasm 4.13). Binaryen 132 (npm) writes the right indices.
#
# Countersign passes its slim module alone through wasm-opt, and it exports no table.
#
# Seen with Debian's binaryen 108-1 (must be installed), binaryen 132.0.0 and wabt 1.0.39 (npm), on Node 20, as the length
# of each exported table:
#
#     as written: objects 3, functions 2
#     108: objects 3, functions 3
#     132: objects 3, functions 2
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent binaryen@132.0.0 wabt@1.0.39 >/dev/null 2>&1
echo '(module (table (export "objects") 3 externref) (table (export "functions") 2 funcref))' >tables.wat
node_modules/.bin/wat2wasm tables.wat --output="as written.wasm"
/usr/bin/wasm-opt --enable-reference-types "as written.wasm" --output 108.wasm 2>/dev/null
node_modules/.bin/wasm-opt --enable-reference-types "as written.wasm" --output 132.wasm 2>/dev/null
cat >lengths.mjs <<'NODE'
import { readFileSync } from "node:fs";

for (const name of ["as written", "108", "132"]) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(`${name}.wasm`)));
  console.log(`${name}: objects ${exports.objects.length}, functions ${exports.functions.length}`);
}
NODE
node lengths.mjs | tee seen.txt
diff - seen.txt <<'EXPECTED'
as written: objects 3, functions 2
108: objects 3, functions 3
132: objects 3, functions 2
EXPECTED
