#!/usr/bin/env bash
# Seven readers of OpenPGP: of two armoured blocks behind each other in one file, most of them read the first.
#
# Expected: `cat a.asc b.asc` is how people make a file of two keys or two signatures, and `gpg --export --armor a b` makes
# one of one block. Readers take both forms, or complain about the second block. A signature by an unknown key beside a
# good one does not matter, as the Stateless OpenPGP interface (SOP) demands.
# Seen: of two blocks with keys, gosop, openpgp.js and PGPy read the first and pass over the second without a word. Of two
# blocks with signatures, all but GnuPG read the first. In one block they read both, but PGPy still takes one signature.
# GnuPG reads everything, and GnuPG and rnp fail with a good signature because there is one of an unknown key.
#
# Countersign takes one block with one key, and one signature; anything behind it is an error.
#
# Seen with Debian's gpg 2.2.40, sqv 1.1.0, sqop 0.27.3, gosop of 2022 and rnp 0.16.3 (must be installed), openpgp 6.3.2
# (npm) and PGPy 0.6.0 (PyPI). Verified is a signature by the key that comes second:
#
#                                  gpg   sqv  sqop  gosop  rnp  openpgp.js  PGPy
#     one key, one signature       yes   yes  yes   yes    yes  yes         yes
#     two keys in two blocks       yes   yes  yes   no     yes  no          no
#     two keys in one block        yes   yes  yes   no     yes  yes         yes
#     two signatures in two blocks no    no   no    no     no   no          no
#     two signatures in one block  no    yes  yes   yes    no   yes         no
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'gpgconf --kill all; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check PGPy==0.6.0
cd "$folder"
npm install --silent openpgp@6.3.2 >/dev/null 2>&1
cat >verify.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { createMessage, readKeys, readSignature, verify } from "openpgp";

const [signatures, keys] = process.argv.slice(2).map((name) => readFileSync(name, "utf8"));
const { signatures: results } = await verify({
  message: await createMessage({ binary: readFileSync("data") }),
  signature: await readSignature({ armoredSignature: signatures }),
  verificationKeys: await readKeys({ armoredKeys: keys }),
});
const good = await Promise.all(results.map(({ verified }) => verified.catch(() => false)));
process.exit(good.some(Boolean) ? 0 : 1);
NODE
cat >verify.py <<'PYTHON'
import sys
import warnings

warnings.simplefilter("ignore")
from pgpy import PGPKey, PGPSignature

first, others = PGPKey.from_file(sys.argv[2])
signature = PGPSignature.from_file(sys.argv[1])
data = open("data", "rb").read()
keys = {str(key.fingerprint): key for key in [first, *others.values()]}
sys.exit(not any(key.verify(data, signature) for key in keys.values() if key.fingerprint.keyid == signature.signer))
PYTHON

export GNUPGHOME=$folder/home
mkdir -m 700 home
echo digest >data
for name in a b; do
  gpg --batch --quiet --passphrase '' --quick-generate-key "$name@shop.example" ed25519 sign 2>/dev/null
  gpg --armor --export "$name@shop.example" >"$name.key"
  gpg --batch --armor --local-user "$name@shop.example" --output "$name.sig" --detach-sign data
done
cat a.key b.key >two-blocks.key
gpg --armor --export a@shop.example b@shop.example >one-block.key
cat a.sig b.sig >two-blocks.sig
for name in a b; do gpg --dearmor <"$name.sig"; done | gpg --enarmor 2>/dev/null |
  sed 's/ARMORED FILE/SIGNATURE/; /^Comment/d' >one-block.sig

imported() { rm -rf keys && mkdir -m 700 keys && "$@"; }
gnupg() { imported gpg --homedir keys --batch --import "$2" && gpg --homedir keys --batch --verify "$1" data; }
rnpgp() { imported rnpkeys --homedir keys --import "$2" && rnp --homedir keys --source data --verify "$1"; }
sequoia() { sqv --keyring "$2" "$1" data; }
sop() { "$1" verify "$2" "$3" <data; }
says() { "$@" >/dev/null 2>&1 && echo yes || echo no; }
row() { # NAME SIGNATURES KEYS
  printf '%-28s %-5s %-4s %-5s %-6s %-4s %-11s %s\n' "$1" "$(says gnupg "$2" "$3")" "$(says sequoia "$2" "$3")" \
    "$(says sop sqop "$2" "$3")" "$(says sop gosop "$2" "$3")" "$(says rnpgp "$2" "$3")" \
    "$(says node verify.mjs "$2" "$3")" "$(says venv/bin/python verify.py "$2" "$3")"
}
{
  printf '%-28s %-5s %-4s %-5s %-6s %-4s %-11s %s\n' '' gpg sqv sqop gosop rnp openpgp.js PGPy
  row 'one key, one signature' b.sig b.key
  row 'two keys in two blocks' b.sig two-blocks.key
  row 'two keys in one block' b.sig one-block.key
  row 'two signatures in two blocks' two-blocks.sig b.key
  row 'two signatures in one block' one-block.sig b.key
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
                             gpg   sqv  sqop  gosop  rnp  openpgp.js  PGPy
one key, one signature       yes   yes  yes   yes    yes  yes         yes
two keys in two blocks       yes   yes  yes   no     yes  no          no
two keys in one block        yes   yes  yes   no     yes  yes         yes
two signatures in two blocks no    no   no    no     no   no          no
two signatures in one block  no    yes  yes   yes    no   yes         no
EXPECTED
