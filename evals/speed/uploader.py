"""One who adds documents to a running server, and then looks whether each that was taken is there."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

EACH_S = 1.0
PAGE = 1000


@dataclass(slots=True)
class Uploads:
    """What came of them."""

    taken: list[str] = field(default_factory=list)
    """Names of files that the server said it has."""
    failed: dict[str, int] = field(default_factory=dict)
    """How often each status, or kind of a broken connection, came."""


def upload_on(address: str, key: str, until: float, ended: threading.Event) -> Uploads:
    """Add one small document each second until the time `until`, the same one again where that failed."""
    uploads, number = Uploads(), 0
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=120) as client:
        while time.monotonic() < until and not ended.wait(EACH_S):
            name = f"upload-{number:05d}.txt"
            text = f"Upload {number}\n\nThe office of Harrow counted {number} letters on 3 March 2025.\n"
            try:
                kind = str(client.post("/v1/documents", files={"file": (name, text.encode())}).status_code)
            except httpx.HTTPError as error:
                kind = type(error).__name__
            if kind == "200":
                uploads.taken.append(name)
                number += 1
            else:
                uploads.failed[kind] = uploads.failed.get(kind, 0) + 1
    return uploads


def lost_of(address: str, key: str, uploads: Uploads) -> dict[str, Any]:
    """How many were taken, how many of those are not there or there twice, and what the others were told."""
    there: list[str] = []
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=120) as client:
        while True:
            listed = client.get("/v1/documents", params={"limit": PAGE, "offset": len(there)}).raise_for_status().json()
            there += [one["uri"].rpartition("/")[2] for one in listed["documents"]]
            if len(there) >= listed["total"] or not listed["documents"]:
                break
    return {
        "taken": len(uploads.taken),
        "lost": sum(name not in there for name in uploads.taken),
        "twice": sum(there.count(name) > 1 for name in uploads.taken),
        "failed": uploads.failed,
    }
