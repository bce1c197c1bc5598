#!/usr/bin/env python3
"""Writes the keys of three certificates beside this script as PKIX keys: the same keys in another
form, which must not count as other keys."""

import base64
import pathlib


def body(name):
    """The body of the first packet: the primary key (RFC 9580, section 5.5.2)."""
    lines = pathlib.Path(f"{name}.key.asc").read_text().split("\n\n", 1)[1].splitlines()
    text = "".join(line for line in lines if not line.startswith(("=", "-")))
    data = base64.b64decode(text)
    # Old packet format; the low bits say how many bytes the length has.
    width = 1 << (data[0] & 3)
    length = int.from_bytes(data[1 : 1 + width], "big")
    return data[1 + width : 1 + width + length]


def mpi(data):
    length = (int.from_bytes(data[:2], "big") + 7) // 8
    return data[2 : 2 + length], data[2 + length :]


def der(tag, content):
    length = len(content)
    size = bytes([length]) if length < 128 else bytes([0x82]) + length.to_bytes(2, "big")
    return bytes([tag]) + size + content


def spki(algorithm, key):
    return der(0x30, der(0x30, algorithm) + der(0x03, b"\0" + key))


def write(name, key):
    text = base64.encodebytes(key).decode().replace("\n", "")
    lines = "\n".join(text[i : i + 64] for i in range(0, len(text), 64))
    pem = f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"
    pathlib.Path(f"{name}.pkix.pem").write_text(pem)


modulus, rest = mpi(body("rsa3072")[6:])
exponent, _ = mpi(rest)
numbers = der(0x02, b"\0" + modulus) + der(0x02, exponent)
rsa = bytes.fromhex("06092a864886f70d010101") + b"\x05\x00"
write("rsa3072", spki(rsa, der(0x30, numbers)))

for name, algorithm in [
    ("nistp256", "06072a8648ce3d020106082a8648ce3d030107"),
    ("ed25519", "06032b6570"),
]:
    params = body(name)[6:]
    point, _ = mpi(params[1 + params[0] :])
    key = point[1:] if name == "ed25519" else point
    write(name, spki(bytes.fromhex(algorithm), key))
