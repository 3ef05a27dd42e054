"""The short suite: what can be measured in seconds and comes out the same each time, held to `floor.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.records import Result
from evals.report.summary import summarise
from index.errors import UserFacingError

SYSTEMS = ("none", "fused")
"""No language model: its wording may hang on the machine, and its hour is not short."""
CASES_OF_GRACE = 2
"""So many cases may be worse: vectors differ in the last digits between processors."""

Values = dict[str, dict[str, tuple[float, int]]]
"""Value and number of cases, by system and measure."""


def values_of(results: Sequence[Result]) -> Values:
    """Every share and mean of each system."""
    found: Values = {}
    for system in SYSTEMS:
        shares = summarise([result for result in results if result.system == system])
        found[system] = {
            name: (round(share.value, 6), share.of) for name, share in shares.items() if share.value is not None
        }
    return found


def load_floor(path: Path) -> Values:
    """The values kept in the repository. Raises UserFacingError."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        return {
            system: {name: (float(value), int(n)) for name, (value, n) in measures.items()}
            for system, measures in read.items()
        }
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise UserFacingError(
            f"The floor in {str(path)!r} cannot be read ({error}). Restore the file, or make it anew with "
            "`dateline eval check --update`."
        ) from error


def write_floor(path: Path, found: Values) -> None:
    """Keep the values, one measure a line, so that a change shows what moved."""
    systems = []
    for system, measures in found.items():
        lines = [f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in measures.items()]
        systems.append(f"  {json.dumps(system)}: {{\n" + ",\n".join(lines) + "\n  }")
    path.write_text("{\n" + ",\n".join(systems) + "\n}\n", encoding="utf-8")


def worse(found: Values, floor: Values) -> list[str]:
    """Each measure that fell by more than the grace, or is no longer measured on as many cases, in words."""
    return [
        f"{system}: {name} was {was:.1%} of {n}, and is {_now(found, system, name)}"
        for system, measures in floor.items()
        for name, (was, n) in measures.items()
        if not _holds(found.get(system, {}).get(name), was, n)
    ]


def better(found: Values, floor: Values) -> list[str]:
    """Each measure that rose by more than the grace: time to keep the gain."""
    return [
        f"{system}: {name} was {was:.1%} of {n}, and is {_now(found, system, name)}"
        for system, measures in floor.items()
        for name, (was, n) in measures.items()
        if found.get(system, {}).get(name, (was, n))[0] > was + CASES_OF_GRACE / n
    ]


def _holds(now: tuple[float, int] | None, was: float, n: int) -> bool:
    # A measure that is only about what was answered or declined has a few cases more or less each time.
    return now is not None and now[0] >= was - CASES_OF_GRACE / n and abs(now[1] - n) <= 2 * CASES_OF_GRACE


def _now(found: Values, system: str, name: str) -> str:
    now: Mapping[str, tuple[float, int]] = found.get(system, {})
    return f"{now[name][0]:.1%} of {now[name][1]}" if name in now else "not measured"
