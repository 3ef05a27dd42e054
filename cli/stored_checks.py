"""The checks of `dateline doctor` on what is stored: the weights and the library."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from cli.check import Check, guarded
from cli.show import count, size
from index.weights.pinned import EMBEDDER_NAME

if TYPE_CHECKING:
    from index.engine import Engine
    from index.record import Record
    from index.weights.fetch import WeightsState
    from index.weights.pinned import Weights
    from qa.settings import Settings


NAMED = 3
"""Damaged parts named, at most; the rest is counted."""


def check_weights(settings: Settings) -> Iterator[Check]:
    """Whether the weights in use are here, with the pinned hashes; others by name and size only."""
    from index.weights.pinned import WEIGHTS, weights_in_use

    if settings.weights is not None and not settings.weights.is_dir():
        yield Check("weights", "wrong", f"DATELINE_WEIGHTS is {settings.weights}, which is no folder", "unset it")
        return
    used = weights_in_use(settings.model)
    for name in sorted(WEIGHTS, key=lambda name: (name not in used, name)):
        yield from guarded("weights", partial(_check_one, WEIGHTS[name], settings, name in used))


def _check_one(weights: Weights, settings: Settings, used: bool) -> Iterator[Check]:
    from index.weights.fetch import weights_state

    mend = f"dateline models fetch {weights.name}"
    state = weights_state(weights.name, settings.cache, settings.weights)
    if not state.present and not used:
        yield Check("weights", "ok", f"{weights.name} is not here and not in use")
    elif problem := _wrong_size(weights, settings) if not state.present else _wrong_hash(weights, state, used):
        yield Check("weights", "wrong", problem, f"delete that file, then {mend}")
    elif not state.present:
        yield Check("weights", "missing", f"{weights.name} ({size(weights.bytes)})", mend)
    else:
        checked = "hash verified" if used else "not in use, hash not looked at"
        yield Check("weights", "ok", f"{weights.name}, {size(state.bytes)}, {checked}: {state.path}")


def _wrong_size(weights: Weights, settings: Settings) -> str | None:
    for place in [settings.cache / "weights", *([settings.weights] if settings.weights else [])]:
        for pinned, path in weights.locate(place).items():
            if path.is_file() and path.stat().st_size != pinned.bytes:
                return f"{path} has {path.stat().st_size:,} bytes, not the {pinned.bytes:,} of {weights.name}"
    return None


def _wrong_hash(weights: Weights, state: WeightsState, used: bool) -> str | None:
    for pinned, path in weights.locate(state.path.parent).items() if used else ():
        with path.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
        if found != pinned.sha256:
            return f"{path} has the SHA-256 {found}, not the pinned {pinned.sha256}"
    return None


def check_library(settings: Settings) -> Iterator[Check]:
    """Whether the library can be read and written, its documents are ready, and its vectors agree with its record."""
    from index.database import FILE
    from index.places import POINTER, SQLITE

    folder = settings.library
    if not folder.exists():
        yield Check("library", "missing", f"{folder}: nothing was added yet", "dateline add FOLDER", needed=False)
        return
    if not folder.is_dir():
        yield Check("library", "wrong", f"{folder} is a file, not a folder", "set DATELINE_LIBRARY to a folder")
        return
    writable = os.access(folder, os.W_OK)
    if writable:
        yield Check("library", "ok", f"{folder}, can be written")
    else:
        yield Check("library", "wrong", f"{folder} can only be read", f"chmod u+w {folder}", needed=False)
    if not (folder / (FILE if settings.record == SQLITE else POINTER)).is_file():
        yield Check("library", "missing", "no record: nothing was added yet", "dateline add FOLDER", needed=False)
        return
    record = settings.of_library["open_record"](folder, writable=writable)
    with closing(record), closing(settings.of_library["open_engine"](folder, record)) as engine:
        yield from _check_record(record, engine, writable)


def _check_record(record: Record, engine: Engine, writable: bool) -> Iterator[Check]:
    if damage := record.health.damage():
        named = "; ".join(f"{one.what} ({one.doc_id})" if one.doc_id else one.what for one in damage[:NAMED])
        more = f"; and {count(len(damage) - NAMED, 'more document')}" if len(damage) > NAMED else ""
        yield Check("record", "wrong", f"{named}{more}", "dateline rebuild")
        return
    states, embedding = record.documents(), record.embedding()
    pending = sum(one.state == "pending" for one in states)
    found = f"{count(len(states), 'document')}, {count(record.count_passages(), 'passage')}"
    if pending:
        yield Check("documents", "wrong", f"{found}; {pending:,} not ready yet", "dateline rebuild", needed=False)
    elif states:
        yield Check("documents", "ok", f"{found}, all ready")
    else:
        yield Check("documents", "missing", "the library holds none", "dateline add FOLDER", needed=False)
    if embedding is not None and embedding.name != EMBEDDER_NAME:
        yield Check("vectors", "wrong", f"made by {embedding.name!r}, not {EMBEDDER_NAME!r}", "dateline rebuild")
    elif not writable:
        yield Check("vectors", "ok", "searched in the record itself, since the folder can only be read")
    elif embedding is None:
        yield Check("vectors", "ok", "none yet")
    elif engine.is_behind() or engine.ids() != set(record.stamps()):
        yield Check(
            "vectors", "wrong", "behind the record, which is searched instead", "dateline rebuild", needed=False
        )
    else:
        yield Check("vectors", "ok", "agree with the record")
