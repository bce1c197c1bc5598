#!/usr/bin/env bash
# Makes the OpenPGP vectors beside this script, with GnuPG 2.2 and keys that are thrown away after.
#
# Run again, it makes other keys and other signatures, for which the tests hold as well: they know
# times, not key ids. Not made here are `payload.json`, `scan.json`, `fixed.*`, whose key is gone, and `rfc9580.*`,
# which GnuPG 2.2 cannot make: `make-rfc9580.rs` does.
set -euo pipefail
cd "$(dirname "$0")"

GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
chmod 700 "$GNUPGHOME"

day() { printf '2024%sT000000!' "$1"; } # frozen at midnight, UTC
at() { # at MMDD ARGUMENTS: gpg on that day of 2024
    local when
    when=$(day "$1")
    shift
    gpg --quiet --batch --yes --no-tty --armor --no-emit-version --pinentry-mode loopback \
        --passphrase '' --faked-system-time "$when" --trust-model always "$@"
}
key() { # key NAME ALGORITHM USAGE [EXPIRY]: a key of 1 January
    at 0101 --quick-generate-key "$1 <$1@example.com>" "$2" "$3" "${4:-never}" 2>/dev/null
}
fingerprint() { gpg --batch --with-colons --list-keys "<$1@example.com>" | awk -F: '/^fpr/{print $10; exit}'; }
edit() { # edit MMDD NAME LINES: an edit session, one answer a line
    printf '%s\n' "$3" | gpg --quiet --no-tty --command-fd 0 --status-fd 3 --pinentry-mode loopback \
        --passphrase '' --faked-system-time "$(day "$1")" --trust-model always \
        --expert --edit-key "<$2@example.com>" 3>/dev/null >/dev/null 2>&1
}
export_key() { # export_key NAME [OUTPUT]
    at 0301 --export "<$1@example.com>" >"${2:-$1}.key.asc" 2>/dev/null
}
sign() { # sign NAME OUTPUT ARGUMENTS: an attached signature of 1 February over the payload
    local name=$1 output=$2
    shift 2
    at 0201 --local-user "<$name@example.com>" "$@" --output "$output" --sign payload.json 2>/dev/null
}
detach() {
    local name=$1 output=$2
    shift 2
    at 0201 --local-user "<$name@example.com>" "$@" --output "$output" --detach-sign payload.json 2>/dev/null
}

# One key of each kind: attached and detached, no expiry.
for algorithm in rsa3072 nistp256 nistp384 nistp521 ed25519; do
    key "$algorithm" "$algorithm" cert,sign
    export_key "$algorithm"
    sign "$algorithm" "$algorithm.attached.asc"
    detach "$algorithm" "$algorithm.detached.asc"
done

# Forms of a message.
for algorithm in zip zlib bzip2 uncompressed; do
    sign ed25519 "form.$algorithm.asc" --compress-algo "$algorithm"
done
at 0201 --local-user ed25519 --output form.clear.asc --clear-sign payload.json 2>/dev/null
sign ed25519 form.text.asc --textmode
sign ed25519 form.two.asc --local-user nistp256
detach ed25519 form.two-detached.asc --local-user nistp256
sign rsa3072 form.sha1.asc --digest-algo SHA1
sign rsa3072 form.sha224.asc --digest-algo SHA224
sign ed25519 form.notation.asc --sig-notation 'note@example.com=1'
sign ed25519 form.critical.asc --sig-notation '!note@example.com=1'
sign ed25519 form.ten-days.asc --default-sig-expire 10d
head -c 4194304 /dev/zero >"$GNUPGHOME/zeros"
at 0201 --local-user ed25519 --output form.bomb.asc --compress-algo zlib \
    --sign "$GNUPGHOME/zeros" 2>/dev/null
at 0201 --passphrase x --output form.encrypted.asc --symmetric payload.json 2>/dev/null
gpg --quiet --batch --yes --armor --no-emit-version --faked-system-time 20231231T000000! \
    --ignore-time-conflict --ignore-valid-from --pinentry-mode loopback --passphrase '' \
    --local-user ed25519 --output form.before.asc --sign payload.json 2>/dev/null

# A primary key that only certifies, with a signing subkey of 10 January and one for encryption.
key subkey ed25519 cert
at 0110 --quick-add-key "$(fingerprint subkey)" ed25519 sign never 2>/dev/null
at 0110 --quick-add-key "$(fingerprint subkey)" cv25519 encrypt never 2>/dev/null
export_key subkey
sign subkey subkey.attached.asc
# The same, the signing subkey revoked on 15 February.
edit 0215 subkey $'key 1\nrevkey\ny\n0\n\ny\nsave'
export_key subkey subkey-revoked

# Certifies and encrypts, and signs nothing.
key encrypting ed25519 cert
at 0101 --quick-add-key "$(fingerprint encrypting)" cv25519 encrypt never 2>/dev/null
export_key encrypting

# A signing subkey that expires on 20 February, of a primary key that does not.
key subkey-expiring ed25519 cert,sign
at 0110 --quick-add-key "$(fingerprint subkey-expiring)" ed25519 sign 20240220T000000 2>/dev/null
export_key subkey-expiring
sign subkey-expiring subkey-expiring.attached.asc

# Expires on 1 March; the same made to last on 15 February; and made to end on 25 February instead.
key expiring ed25519 cert,sign 20240301T000000
sign expiring expiring.attached.asc
export_key expiring
at 0215 --quick-set-expire "$(fingerprint expiring)" 0 2>/dev/null
export_key expiring expiring-extended
at 0216 --quick-set-expire "$(fingerprint expiring)" 20240225T000000 2>/dev/null
export_key expiring expiring-shortened

# Revoked, by the certificate that GnuPG makes with every key.
key revoked ed25519 cert,sign
sign revoked revoked.attached.asc
sed 's/^:-----BEGIN/-----BEGIN/' "$GNUPGHOME/openpgp-revocs.d/$(fingerprint revoked).rev" |
    at 0215 --import 2>/dev/null
export_key revoked

# No longer a signing key since 15 February.
key retired ed25519 cert,sign
sign retired retired.attached.asc
edit 0215 retired $'change-usage\nS\nQ\nsave'
export_key retired

# Two user ids: the first revoked, with an expiry that no longer counts; certified by another key.
key names ed25519 cert,sign 20240220T000000
sign names names.attached.asc
at 0202 --quick-add-uid "$(fingerprint names)" 'second <second@example.com>' 2>/dev/null
at 0203 --quick-set-expire "$(fingerprint names)" 0 2>/dev/null
at 0204 --quick-revoke-uid "$(fingerprint names)" 'names <names@example.com>' 2>/dev/null
at 0205 --local-user ed25519 --quick-sign-key "$(fingerprint names)" >/dev/null 2>&1
export_key names

# Bound with SHA-1, which is not taken; and bound again with SHA-256 on 15 February.
at 0101 --cert-digest-algo SHA1 --quick-generate-key 'sha1 <sha1@example.com>' rsa2048 cert,sign \
    never 2>/dev/null
sign sha1 sha1.attached.asc
export_key sha1
at 0215 --quick-set-expire "$(fingerprint sha1)" 20250101T000000 2>/dev/null
export_key sha1 sha1-renewed

# A scan in an envelope, signed on 14 June 2026 for a day.
key scanner ed25519 cert,sign
export_key scanner
in_toto=application/vnd.in-toto+json
printf 'DSSEv1 %d %s %d %s' "${#in_toto}" "$in_toto" "$(wc -c <scan.json)" "$(cat scan.json)" |
    gpg --quiet --batch --yes --no-tty --armor --no-emit-version --pinentry-mode loopback --passphrase '' \
        --faked-system-time 20260614T000000! --default-sig-expire 1d --local-user scanner \
        --output scanner.one-day.asc --detach-sign 2>/dev/null

# Keys that are not taken.
for algorithm in rsa1024 dsa2048 secp256k1 brainpoolP256r1; do
    key "$algorithm" "$algorithm" cert,sign
    export_key "$algorithm" "refused.$algorithm"
done
at 0301 --export ed25519 nistp256 >refused.two.key.asc 2>/dev/null
