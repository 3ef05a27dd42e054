"""The results of a run as text, and held against the thresholds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from evals.measures.names import MEASURES
from evals.records import Result
from evals.report.summary import (
    STEPS,
    Figure,
    Share,
    answer_words,
    derive,
    errors,
    latency,
    main_measure,
    summarise,
    title_of,
    tokens,
)
from index.errors import UserFacingError

NAMED = 20
"""Cases that are not right named of each system, at most; all of them stand in the results and on the page."""


def load_thresholds(path: Path) -> dict[str, float]:
    """The least values by the names of the measures. Raises UserFacingError."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        thresholds = {str(name): float(value) for name, value in read.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise UserFacingError(f"The thresholds in {str(path)!r} cannot be read ({error}). Restore the file.") from error
    for name in thresholds:
        if name not in MEASURES:
            raise UserFacingError(
                f"{str(path)!r} names {name!r}, which is not measured. There are: {', '.join(MEASURES)}."
            )
    return thresholds


def missed_thresholds(results: Sequence[Result], thresholds: Mapping[str, float]) -> list[str]:
    """Each measure that lies under its threshold, and the cases that ended in an error, in words."""
    found = summarise(results)
    values = {name: found[name].value for name in thresholds if name in found}
    missed = [
        f"{name} is {value:.1%}, under its threshold of {thresholds[name]:.1%}"
        for name, value in values.items()
        if value is not None and value < thresholds[name]
    ]
    failed = errors(results)
    return [*missed, f"{failed} of {len(results)} cases ended in an error"] if failed else missed


def render(results: Sequence[Result]) -> str:
    """The first measure by kind, then every measure and time of each system and half, then what was not right."""
    columns = dict(_columns(results))
    lines = [*_kind_table(columns), ""]
    for name, some in columns.items():
        lines += [f"{name}: {len(some)} cases", *(f"  {line}" for line in _measures(some)), ""]
    return "\n".join([*lines, *_not_right(results)])


def _columns(results: Sequence[Result]) -> Iterator[tuple[str, list[Result]]]:
    """The results of each system, and of each of its halves where there are two."""
    for system in dict.fromkeys(result.system for result in results):
        own = [result for result in results if result.system == system]
        halves = sorted({result.item.half for result in own if result.item.half}, reverse=True)
        for half in halves if len(halves) > 1 else []:
            yield f"{system}, {half}", [result for result in own if result.item.half == half]
        yield system, own


def _kind_table(columns: Mapping[str, Sequence[Result]]) -> Iterator[str]:
    every = [result for some in columns.values() for result in some]
    main = main_measure(every)
    if main is None:
        yield "Nothing was scored."
        return
    kinds = [*dict.fromkeys(result.item.kind for result in every), "together"]
    width, columns_width = max(map(len, kinds)), [max(16, len(name)) for name in columns]
    yield f"{title_of(main)}, by kind"
    titles = [f"{name:>{wide}}" for name, wide in zip(columns, columns_width, strict=True)]
    yield "  ".join([" " * width, *titles])
    for kind in kinds:
        cells = []
        for some, wide in zip(columns.values(), columns_width, strict=True):
            found = summarise([result for result in some if kind in ("together", result.item.kind)]).get(main)
            cells.append(f"{_short(found) if found else '–':>{wide}}")
        yield "  ".join([f"{kind:{width}}", *cells])


def _short(found: Figure) -> str:
    return f"{found.held} of {found.of}" if isinstance(found, Share) else f"{found.value:.3f} ({found.of})"


def _measures(results: Sequence[Result]) -> Iterator[str]:
    found = summarise(results)
    for name, value in found.items():
        yield f"{title_of(name):24} {value}"
    for name, number in derive(found).items():
        yield f"{title_of(name):24} {number:.3f}"
    yield f"{'ended in an error':24} {errors(results)} of {len(results)}"
    for step in STEPS:
        taken = latency(results, step)
        if taken is not None:
            what = f"seconds to {step.replace('_', ' ')}"
            yield f"{what:24} median {taken.median:.2f}, 90% within {taken.p90:.2f} ({taken.of} cases)"
    for name, counted in tokens(results).items():
        yield f"{f'tokens {name}':24} median {counted.median:.0f} ({counted.of} cases)"
    if words := answer_words(results):
        yield f"{'words of an answer':24} median {words.median:.0f}, 90% within {words.p90:.0f} ({words.of} cases)"


def _not_right(results: Iterable[Result]) -> Iterator[str]:
    """The cases that failed, with their reasons; of the report half only that its reasons are elsewhere."""
    results = list(results)
    # Who reads why cases of the report half fail begins to tune to them.
    told = [result for result in results if result.item.half != "report" and "right" in result.measures]
    for system in dict.fromkeys(result.system for result in told):
        wrong = [r for r in told if r.system == system and r.measures["right"] is False]
        yield f"Not right, {system}:" if wrong else f"Not right, {system}: none"
        for result in wrong[:NAMED]:
            yield f"  {result.item.id}: {result.shown.get('outcome', 'wrong')}: {'; '.join(result.reasons)}"
        if len(wrong) > NAMED:
            yield f"  and {len(wrong) - NAMED} more, in the results"
    for result in results:
        if result.error is not None:
            yield f"Ended in an error, {result.system}: {result.item.id}: {result.error}"
    if any(result.item.half == "report" for result in results):
        yield "Why cases of the report half fail is not told."
