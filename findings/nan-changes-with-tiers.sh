#!/usr/bin/env bash
# Node 20, wasm-opt 132, wasmtime 50 and two interpreters: 0/0 in WebAssembly has either sign, also in one process.
#
# Expected: engines may choose the bits of a NaN, and on x86-64 the processor does: the sign is set. One engine gives the same
# function one answer, and an optimiser leaves to the engine what engines answer differently.
# Seen: V8 returns the processor's NaN until it has compiled the function a second time, after some ten thousand calls, and
# then the positive one that its compiler put in place of the division. wasm-opt puts the positive one there, too. wabt's
# interpreter gives the positive one, and pywasm one sign for 0/0 and the other for the difference of two infinities.
# wasmtime has `cranelift_nan_canonicalization` against it, which is off unless it is set.
#
# So a policy that hashes or prints the bits of a float may differ between two requests to one server. Countersign's modules
# calculate with floats only where they read numbers of JSON, which gives no NaN.
#
# Seen on x86-64 with Node 20, binaryen 132.0.0 and wabt 1.0.39 (npm), and wasmtime 50.0.1 and pywasm 2.2.3 (PyPI), as the
# sign of 0/0 and of the difference:
#
#     Node, first call: - -
#     Node, after many calls: + -
#     Node, first call after wasm-opt: + +
#     wasmtime: - -
#     wasmtime, canonical: + +
#     wabt: + +
#     pywasm: + -
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check wasmtime==50.0.1 pywasm==2.2.3
cd "$folder"
npm install --silent binaryen@132.0.0 wabt@1.0.39 >/dev/null 2>&1
cat >nan.wat <<'WAT'
(module
  (func (export "quotient") (result i64) (i64.reinterpret_f64 (f64.div (f64.const 0) (f64.const 0))))
  (func (export "difference") (result i64)
    (local $infinity f64)
    (local.set $infinity (f64.const inf))
    (i64.reinterpret_f64 (f64.sub (local.get $infinity) (local.get $infinity)))))
WAT
cat >node.cjs <<'NODE'
const [file, calls] = process.argv.slice(2);
const code = new WebAssembly.Module(require("fs").readFileSync(file));
const { quotient, difference } = new WebAssembly.Instance(code).exports;
// V8 compiles in the background: "many" calls are those until the answer changes.
const first = quotient();
const end = Date.now() + 20_000;
while (calls === "many" && quotient() === first && Date.now() < end);
for (const run of [quotient, difference]) console.log(`=> ${run()}`);
NODE
cat >python.py <<'PYTHON'
import sys

import pywasm
import wasmtime

if sys.argv[1] == "pywasm":
    runtime = pywasm.core.Runtime()
    instance = runtime.instance_from_file("nan.wasm")
    call = lambda name: runtime.invocate(instance, name, [])[0]
else:
    config = wasmtime.Config()
    if sys.argv[1] == "canonical":
        wasmtime._ffi.wasmtime_config_cranelift_nan_canonicalization_set(config.ptr(), True)
    store = wasmtime.Store(wasmtime.Engine(config))
    exports = wasmtime.Instance(store, wasmtime.Module.from_file(store.engine, "nan.wasm"), []).exports(store)
    call = lambda name: exports[name](store)
for name in ["quotient", "difference"]:
    bits = call(name)
    print(f"{name}() => {bits - (1 << 64) if bits >= 1 << 63 else bits}")
PYTHON

# The signs of the results, which are the bits of a NaN as an integer.
signs() { "$@" | sed -n 's/.*=> \(i64:\)\?\(.*\)/\2/p' | python3 -c 'print(*["-" if 2**63 <= int(bits) % 2**64 else "+" for bits in open(0)])'; }

node_modules/.bin/wat2wasm nan.wat --output=nan.wasm
node_modules/.bin/wasm-opt -O nan.wasm --output optimised.wasm
{
  echo "Node, first call: $(signs node node.cjs nan.wasm one)"
  echo "Node, after many calls: $(signs node node.cjs nan.wasm many)"
  echo "Node, first call after wasm-opt: $(signs node node.cjs optimised.wasm one)"
  echo "wasmtime: $(signs venv/bin/python python.py wasmtime)"
  echo "wasmtime, canonical: $(signs venv/bin/python python.py canonical)"
  echo "wabt: $(signs node_modules/.bin/wasm-interp nan.wasm --run-all-exports)"
  echo "pywasm: $(signs venv/bin/python python.py pywasm)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
Node, first call: - -
Node, after many calls: + -
Node, first call after wasm-opt: + +
wasmtime: - -
wasmtime, canonical: + +
wabt: + +
pywasm: + -
EXPECTED
