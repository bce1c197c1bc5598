#!/usr/bin/env bash
# Node 20 and four packages of npm that run WASI preview 1: they agree about the time of day, and about no other clock.
#
# Expected: `clock_time_get` answers EINVAL (28) for a clock that there is not, the monotonic clock does not follow the time
# of day, and `clock_res_get` writes the 64 bits that it answers.
# Seen: an unknown clock is an error, the time 0 with success, or a trap. In two hosts the monotonic clock is the time of
# day, which may be set back, and one has no monotonic clock, although it knows its resolution. That one writes 32 of the 64
# bits of a resolution, so that a module reads in the others what its memory held before.
#
# The WASI module of Countersign asks for the time of day alone, which is right in all of them.
#
# Seen with Node 20, and @bjorn3/browser_wasi_shim 0.4.2, @runno/wasi 0.10.0, uwasi 1.1.0 and @wasmer/wasi 1.2.2 (npm); the
# memory for an answer is full of ones before:
#
#     Node: monotonic a clock of its own, unknown error 28, resolution whole
#     bjorn3: monotonic a clock of its own, unknown 0, resolution whole
#     runno: monotonic the time of day, unknown error 28, resolution whole
#     uwasi: monotonic error 52, unknown error 52, resolution half
#     wasmer: monotonic the time of day, unknown trap, resolution whole
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent @bjorn3/browser_wasi_shim@0.4.2 @runno/wasi@0.10.0 uwasi@1.1.0 @wasmer/wasi@1.2.2 wabt@1.0.39 \
  >/dev/null 2>&1
cat >clocks.wat <<'WAT'
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_res_get" (func $resolution (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start"))
  (func (export "time") (param i32) (result i32) (call $time (local.get 0) (i64.const 1) (i32.const 0)))
  (func (export "resolution") (param i32) (result i32) (call $resolution (local.get 0) (i32.const 0)))
  (func (export "answer") (result i64) (i64.load (i32.const 0)))
  (func (export "forget") (i64.store (i32.const 0) (i64.const -1))))
WAT
node_modules/.bin/wat2wasm clocks.wat --output=clocks.wasm
cat >hosts.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { WASI as Node } from "node:wasi";
import { File, OpenFile, WASI as Bjorn3 } from "@bjorn3/browser_wasi_shim";
import { WASI as Runno } from "@runno/wasi";
import { useAll, WASI as Uwasi } from "uwasi";
import { init, WASI as Wasmer } from "@wasmer/wasi";

const module = new WebAssembly.Module(readFileSync("clocks.wasm"));
const preview1 = (host) => {
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: host.wasiImport });
  host.start(instance);
  return instance;
};
await init();
const hosts = {
  Node: () => preview1(new Node({ version: "preview1" })),
  bjorn3: () => preview1(new Bjorn3([], [], [new OpenFile(new File([]))])),
  runno: () => {
    const host = new Runno({ args: [], env: {}, fs: {}, stdin: () => null });
    const instance = new WebAssembly.Instance(module, host.getImportObject());
    return Object.assign(host, { instance, module, memory: instance.exports.memory }).instance;
  },
  uwasi: () => preview1(new Uwasi({ args: [], features: [useAll({})] })),
  wasmer: () => new Wasmer({ args: [], env: {} }).instantiate(module),
};

const DAY = 0;
const MONOTONIC = 1;
const UNKNOWN = 99;
for (const [name, start] of Object.entries(hosts)) {
  const { time, resolution, answer, forget } = start().exports;
  const now = BigInt(Date.now()) * 1_000_000n;
  const isNow = () => answer() > now - 60_000_000_000n && answer() < now + 60_000_000_000n;
  const asked = (clock) => {
    forget();
    try {
      const error = time(clock);
      if (error !== 0) return `error ${error}`;
    } catch {
      return "trap";
    }
    return isNow() ? "the time of day" : answer() === 0n ? "0" : "a clock of its own";
  };
  if (asked(DAY) !== "the time of day") throw new Error(name);
  const [monotonic, unknown] = [asked(MONOTONIC), asked(UNKNOWN)];
  forget();
  const half = resolution(DAY) === 0 && answer() < 0n ? "half" : "whole";
  console.log(`${name}: monotonic ${monotonic}, unknown ${unknown}, resolution ${half}`);
}
NODE
node --no-warnings hosts.mjs | tee seen.txt
diff - seen.txt <<'EXPECTED'
Node: monotonic a clock of its own, unknown error 28, resolution whole
bjorn3: monotonic a clock of its own, unknown 0, resolution whole
runno: monotonic the time of day, unknown error 28, resolution whole
uwasi: monotonic error 52, unknown error 52, resolution half
wasmer: monotonic the time of day, unknown trap, resolution whole
EXPECTED
