"""What one check of `dateline doctor` found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from index.errors import UserFacingError


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    verdict: Literal["ok", "missing", "wrong"]
    found: str
    mend: str = ""
    """The command that mends it; empty when there is none."""
    needed: bool = True
    """Whether Dateline cannot answer while this is not ok."""


def guarded(name: str, check: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """The check, or `wrong` with the reason when it cannot be carried out."""
    try:
        yield from check()
    except UserFacingError as error:
        yield Check(name, "wrong", str(error))
    except Exception as error:  # a broken machine may fail in any way, and the other checks are still worth having
        yield Check(name, "wrong", f"could not be checked ({type(error).__name__}: {error})")
