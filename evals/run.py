"""Puts the cases of a suite to its systems, in turn, and keeps every result at once."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence

from evals.records import Ask, Item, Result
from index.errors import UserFacingError

logger = logging.getLogger(__name__)


def run_items(
    items: Sequence[Item], asks: Mapping[str, Ask], done: Collection[tuple[str, str]] = ()
) -> Iterator[Result]:
    """Each result as soon as it is there; an error of whatever kind ends its case only.

    Every case goes to all systems before the next one, and each case begins with another system: what slows the
    machine down for a while slows all of them down.

    Args:
        done: System and case id of what need not be run again.
    """
    names = list(asks)
    for number, item in enumerate(items):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            if (name, item.id) not in done:
                yield _run(name, asks[name], item)


def _run(name: str, ask: Ask, item: Item) -> Result:
    try:
        return ask(item)
    except UserFacingError as error:
        return Result(name, item, error=f"{type(error).__name__}: {error}")
    except Exception as error:  # whatever breaks one case, the others are still worth their hour
        logger.exception("the case %s could not be run with %s", item.id, name)
        return Result(name, item, error=f"{type(error).__name__}: {error}")


def choose_systems(asked: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The systems asked for, each once; the suite's default when none is.

    Raises:
        UserFacingError: If the suite has no such system.
    """
    for name in asked:
        if name not in known:
            raise UserFacingError(f"This suite has no system {name!r}. There are: {', '.join(known)}.")
    return tuple(dict.fromkeys(asked)) or (known[0],)


def peak_memory_bytes() -> int | None:
    """The most memory that this process has held; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    import sys

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
