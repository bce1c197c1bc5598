#!/usr/bin/env bash
# wasmtime 50.0.1 (PyPI: wasmtime 50.0.1), WASI preview 1: two answers that its text does not have.
#
# Expected: `clock_time_get` answers EINVAL (28) for a clock that the host does not have, and `fd_read` into a buffer
# of no bytes succeeds, having read nothing.
# Seen, as the errno that the module gets:
#   clock_time_get, realtime                   -> 0
#   clock_time_get, process CPU time           -> 8 (EBADF)
#   clock_time_get, an id that does not exist  -> a trap, which ends the module
#   fd_read of a file, five bytes              -> 0
#   fd_read of a file, a buffer of no bytes    -> 27 (EINTR)
#
# Exits with 0 as long as that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
pip3 install --quiet --disable-pip-version-check --root-user-action=ignore --target "$folder" wasmtime==50.0.1
printf hello >"$folder/stdin"
cat >"$folder/ask.py" <<'PYTHON'
import sys
import wasmtime

CLOCK = """(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $ask (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "ask") (result i32) (call $ask (i32.const %s) (i64.const 0) (i32.const 0))))"""
READ = """(module
  (import "wasi_snapshot_preview1" "fd_read" (func $ask (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "ask") (result i32)
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const %s))
    (call $ask (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))))"""


def answer(text):
    engine = wasmtime.Engine()
    store, linker, wasi = wasmtime.Store(engine), wasmtime.Linker(engine), wasmtime.WasiConfig()
    wasi.stdin_file = sys.argv[1]
    store.set_wasi(wasi)
    linker.define_wasi()
    instance = linker.instantiate(store, wasmtime.Module(engine, text))
    try:
        return str(instance.exports(store)["ask"](store))
    except Exception:
        return "trap"


changed = False
for what, text, expected in [
    ("clock_time_get, realtime", CLOCK % 0, "0"),
    ("clock_time_get, process CPU time", CLOCK % 2, "8"),
    ("clock_time_get, no such clock", CLOCK % 99, "trap"),
    ("fd_read, five bytes", READ % 5, "0"),
    ("fd_read, no bytes", READ % 0, "27"),
]:
    seen = answer(text)
    print(f"{what:<40} {seen}")
    changed = changed or seen != expected
sys.exit("changed" if changed else 0)
PYTHON
PYTHONPATH=$folder python3 "$folder/ask.py" "$folder/stdin"
