"""Makes `pgpy.*`, a key and a message of PGPy 0.6.0: its one-pass signature says that another follows.

Run beside the payload, in an environment with `pip install PGPy==0.6.0` (Python 3.11).
"""

from datetime import datetime, timezone
from pathlib import Path

import pgpy
from pgpy.constants import (
    CompressionAlgorithm,
    EllipticCurveOID,
    HashAlgorithm,
    KeyFlags,
    PubKeyAlgorithm,
)

key = pgpy.PGPKey.new(
    PubKeyAlgorithm.EdDSA,
    EllipticCurveOID.Ed25519,
    created=datetime(2024, 1, 1, tzinfo=timezone.utc),
)
key.add_uid(
    pgpy.PGPUID.new("pgpy", email="pgpy@example.com"),
    usage={KeyFlags.Sign, KeyFlags.Certify},
    hashes=[HashAlgorithm.SHA256],
    created=datetime(2024, 1, 1, tzinfo=timezone.utc),
)
payload = Path("payload.json").read_bytes()
for name, compression in [
    ("attached", CompressionAlgorithm.Uncompressed),
    ("compressed", CompressionAlgorithm.ZIP),
]:
    message = pgpy.PGPMessage.new(payload, compression=compression, format="b")
    message |= key.sign(message, created=datetime(2024, 2, 1, tzinfo=timezone.utc))
    Path(f"pgpy.{name}.asc").write_text(str(message))
Path("pgpy.key.asc").write_text(str(key.pubkey))
