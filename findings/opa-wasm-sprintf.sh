#!/usr/bin/env bash
# @open-policy-agent/opa-wasm 1.10.0 (npm): `sprintf` in a policy that runs in JavaScript prints objects as `[object Object]`.
#
# Expected: a policy that is compiled to WebAssembly answers in JavaScript what it answers in OPA, whose `sprintf` is Go's:
# `%v` prints any value, `%q` quotes, and a verb that does not fit says so in the text.
# Seen: `sprintf` and `regex.split` are no part of the module, and the package takes what JavaScript has. An object in a
# denial is `[object Object]`, a list has no brackets, `null` and `%q` raise errors, 1.5 is 1 under `%d`, and a split
# returns what its groups matched, too.
#
# Countersign's module brings all that it calls but the clock and the lookups.
#
# Seen with @open-policy-agent/opa-wasm 1.10.0 on Node 20:
#
#     sprintf("%v", [{"image":"app"}]): "[object Object]"
#     sprintf("%v", [["a","b"]]): "a,b"
#     sprintf("%v", [null]): TypeError
#     sprintf("%q", ["app"]): SyntaxError
#     sprintf("%d", [1.5]): "1"
#     regex.split("(/)", "shop/app"): ["shop","/","app"]
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent @open-policy-agent/opa-wasm@1.10.0 >/dev/null 2>&1
cat >builtins.cjs <<'NODE'
// What the package gives to policies; it exports `loadPolicy` alone.
const builtins = require("./node_modules/@open-policy-agent/opa-wasm/src/builtins/index.js");

for (const [name, ...operands] of [
  ["sprintf", "%v", [{ image: "app" }]],
  ["sprintf", "%v", [["a", "b"]]],
  ["sprintf", "%v", [null]],
  ["sprintf", "%q", ["app"]],
  ["sprintf", "%d", [1.5]],
  ["regex.split", "(/)", "shop/app"],
]) {
  let answer;
  try {
    answer = JSON.stringify(builtins[name](...operands));
  } catch (error) {
    answer = error.name;
  }
  console.log(`${name}(${operands.map((operand) => JSON.stringify(operand)).join(", ")}): ${answer}`);
}
NODE
node builtins.cjs | tee seen.txt
diff - seen.txt <<'EXPECTED'
sprintf("%v", [{"image":"app"}]): "[object Object]"
sprintf("%v", [["a","b"]]): "a,b"
sprintf("%v", [null]): TypeError
sprintf("%q", ["app"]): SyntaxError
sprintf("%d", [1.5]): "1"
regex.split("(/)", "shop/app"): ["shop","/","app"]
EXPECTED
