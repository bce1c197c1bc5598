#!/usr/bin/env bash
# cbor 10.0.12, cbor-x 1.6.9 and cbor2 2.3.0 (npm): bytes that are written as something other than bytes.
#
# Expected: `Uint8Array` and Node's `Buffer`, which is one, are byte strings (major type 2 of RFC 8949), as COSE wants its
# payloads, signatures and digests.
# Seen: cbor and cbor-x put tag 64 (RFC 8746) around a `Uint8Array`, as WebCrypto gives it, and none around a `Buffer`;
# only the library itself reads both alike. cbor2, which the authors of cbor recommend in its place, is the other way
# round: it asks a `Buffer` for its JSON, and writes a map of "type" and "data". cbor writes a `DataView` as an empty map,
# without an error. cborg writes bytes for all of them, and does not read tag 64 unless it is told to. cwt refuses a
# signature with a tagged payload.
#
# Countersign reads no CBOR.
#
# Seen with the versions above, cborg 6.1.5 (npm), cbor2 5.9.0 and cwt 3.3.0 (PyPI):
#
#     cbor, Uint8Array: d840420102
#     cbor, Buffer: 420102
#     cbor, DataView: a0
#     cbor-x, Uint8Array: d840420102
#     cbor-x, Buffer: 420102
#     cbor-x, DataView: 420102
#     cbor2, Uint8Array: 420102
#     cbor2, Buffer: a26474797065664275666665726464617461820102
#     cbor2, DataView: error
#     cborg, Uint8Array: 420102
#     cborg, Buffer: 420102
#     cborg, DataView: 420102
#     cbor2 of Python reads: CBORTag(64, b'\x01\x02')
#     cwt reads a message of cbor: error Failed to decode.
#     cwt reads a message of cbor-x: error Failed to decode.
#     cwt reads a message of cbor2: b'shop'
#     cwt reads a message of cborg: b'shop'
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cbor2==5.9.0 cwt==3.3.0
cd "$folder"
npm install --silent cbor@10.0.12 cbor-x@1.6.9 cbor2@2.3.0 cborg@6.1.5 >/dev/null 2>&1
cat >sign.py <<'PYTHON'
from cwt import COSE, COSEKey

key = COSEKey.from_symmetric_key(b"0" * 32, alg="HS256")
open("message.cbor", "wb").write(COSE.new(alg_auto_inclusion=True).encode(b"shop", key))
PYTHON
cat >write.mjs <<'NODE'
import { readFileSync, writeFileSync } from "node:fs";
import cbor from "cbor";
import { encode as cborX } from "cbor-x";
import { encode as cbor2 } from "cbor2";
import { encode as cborg } from "cborg";

const encoders = { cbor: cbor.encode, "cbor-x": cborX, cbor2, cborg };
const bytes = new Uint8Array([1, 2]);
const values = { Uint8Array: bytes, Buffer: Buffer.from(bytes), DataView: new DataView(bytes.buffer) };
const message = cbor.decode(readFileSync("message.cbor"));
for (const [name, encode] of Object.entries(encoders)) {
  for (const [kind, value] of Object.entries(values)) {
    let hex = "error";
    try {
      hex = Buffer.from(encode(value)).toString("hex");
    } catch {}
    console.log(`${name}, ${kind}: ${hex}`);
  }
  const parts = message.value.map((part) => (part instanceof Uint8Array ? new Uint8Array(part) : part));
  const headers = parts[1] instanceof Map ? parts[1] : new Map(Object.entries(parts[1]));
  writeFileSync(`${name}.cbor`, Buffer.concat([Buffer.from([0xd1]), encode([parts[0], headers, parts[2], parts[3]])]));
}
NODE
cat >read.py <<'PYTHON'
import cbor2
from cwt import COSE, COSEKey

key = COSEKey.from_symmetric_key(b"0" * 32, alg="HS256")
print("cbor2 of Python reads:", cbor2.loads(bytes.fromhex("d840420102")))
for name in ("cbor", "cbor-x", "cbor2", "cborg"):
    try:
        print(f"cwt reads a message of {name}:", COSE.new().decode(open(f"{name}.cbor", "rb").read(), key))
    except Exception as error:
        print(f"cwt reads a message of {name}: error {error}")
PYTHON
{
  venv/bin/python sign.py
  node write.mjs
  venv/bin/python read.py
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
cbor, Uint8Array: d840420102
cbor, Buffer: 420102
cbor, DataView: a0
cbor-x, Uint8Array: d840420102
cbor-x, Buffer: 420102
cbor-x, DataView: 420102
cbor2, Uint8Array: 420102
cbor2, Buffer: a26474797065664275666665726464617461820102
cbor2, DataView: error
cborg, Uint8Array: 420102
cborg, Buffer: 420102
cborg, DataView: 420102
cbor2 of Python reads: CBORTag(64, b'\x01\x02')
cwt reads a message of cbor: error Failed to decode.
cwt reads a message of cbor-x: error Failed to decode.
cwt reads a message of cbor2: b'shop'
cwt reads a message of cborg: b'shop'
EXPECTED
