#!/usr/bin/env bash
# wasmtime 45 to 49 (PyPI): the same module needs another amount of fuel, by a factor of thousands, in two steps.
#
# Expected: an instruction costs one unit, `memory.copy` as well, whatever it copies, and a limit of fuel that was measured
# with one release holds in the next one.
# Seen: until 45 a copy of 64 KiB costs as much as one of a byte. From 46 on, each byte costs one unit, in `memory.copy`,
# `memory.fill` and `memory.init`, and so does each element of a table. From 49 on, `memory.grow` costs one unit for
# each page. Rust copies with `memory.copy`, so a policy that moves its request is charged for its bytes.
#
# `bench` and the costs in the tests are those of wasmtime 48. Compare baselines of one version only.
#
# Seen with the wasmtime of PyPI, as the fuel that a call uses:
#
#     45.0.0: copy 1 byte 5, copy 64 KiB 5, fill 10 table elements 5, grow by 10 pages 3
#     46.0.1: copy 1 byte 6, copy 64 KiB 65541, fill 10 table elements 15, grow by 10 pages 3
#     48.0.0: copy 1 byte 6, copy 64 KiB 65541, fill 10 table elements 15, grow by 10 pages 3
#     49.0.0: copy 1 byte 6, copy 64 KiB 65541, fill 10 table elements 15, grow by 10 pages 13
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >fuel.py <<'PYTHON'
import wasmtime

CALLS = {
    "copy 1 byte": "(memory.copy (i32.const 0) (i32.const 65536) (i32.const 1))",
    "copy 64 KiB": "(memory.copy (i32.const 0) (i32.const 65536) (i32.const 65536))",
    "fill 10 table elements": "(table.fill (i32.const 0) (ref.null func) (i32.const 10))",
    "grow by 10 pages": "(drop (memory.grow (i32.const 10)))",
}
functions = "".join(f'(func (export "{name}") {body})' for name, body in CALLS.items())
config = wasmtime.Config()
config.consume_fuel = True
store = wasmtime.Store(wasmtime.Engine(config))
module = wasmtime.Module(store.engine, f"(module (memory 2 100) (table 10 funcref) {functions})")
exports = wasmtime.Instance(store, module, []).exports(store)
used = []
for name in CALLS:
    store.set_fuel(100_000)
    exports[name](store)
    used.append(f"{name} {100_000 - store.get_fuel()}")
print(", ".join(used))
PYTHON
for version in 45.0.0 46.0.1 48.0.0 49.0.0; do
  pip3 install --quiet --disable-pip-version-check --root-user-action=ignore --target "$version" "wasmtime==$version"
  echo "$version: $(PYTHONPATH=$version python3 fuel.py)"
done | tee seen.txt
diff - seen.txt <<'EXPECTED'
45.0.0: copy 1 byte 5, copy 64 KiB 5, fill 10 table elements 5, grow by 10 pages 3
46.0.1: copy 1 byte 6, copy 64 KiB 65541, fill 10 table elements 15, grow by 10 pages 3
48.0.0: copy 1 byte 6, copy 64 KiB 65541, fill 10 table elements 15, grow by 10 pages 3
49.0.0: copy 1 byte 6, copy 64 KiB 65541, fill 10 table elements 15, grow by 10 pages 13
EXPECTED
