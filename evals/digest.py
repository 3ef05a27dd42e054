"""What tells one state of a data set from another."""

from __future__ import annotations

import hashlib


def digest_of(*parts: str | bytes) -> str:
    """SHA-256 over the parts in their order, hexadecimal; where one part ends and the next begins counts too."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part if isinstance(part, bytes) else part.encode(errors="replace")).digest())
    return digest.hexdigest()
