"""The file of a run: a header that says what was measured and on what, then a line a result, each flushed.

It is only ever added to: a run that was killed goes on in the same file, behind a line that says when.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from evals.machine import PACKAGES, machine, revision, version_of
from evals.measures.judge import judge_facts
from evals.records import Item, Result, Suite
from evals.run import peak_memory_bytes
from evals.systems import model_of
from index.errors import UserFacingError
from index.weights.pinned import MINILM, WEIGHTS
from qa.settings import Settings

FORMAT = 2
MUST_AGREE = ("suite", "systems", "models", "judge", "embedder", "settings", "revision")
"""Parts of the header in which a run that goes on is what it was."""


@dataclass(frozen=True, slots=True)
class Run:
    """A file of results as it was read."""

    path: Path
    header: Mapping[str, Any]
    results: tuple[Result, ...]
    peak_memory_bytes: int | None
    """Of the process, all systems together; None when the run did not come to its end."""

    @property
    def systems(self) -> tuple[str, ...]:
        """Those that were run, in their order."""
        return tuple(self.header["systems"])

    def of(self, system: str) -> tuple[Result, ...]:
        """The results of one system."""
        return tuple(result for result in self.results if result.system == system)


class ResultsFile:
    """Appends results to a file; a kill loses at most the case that was running."""

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        """Begin the file, or go on with one that was begun with the same header.

        Raises:
            UserFacingError: If it cannot be written, or holds a run of something else.
        """
        self.path = path
        self.earlier: tuple[Result, ...] = ()
        """Results that the file already holds."""
        begun = path.exists()
        if begun:
            run = load_run(path)
            _require_same(run, header)
            self.earlier = run.results
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise UserFacingError(
                f"The results cannot be written to {str(path)!r} ({error.strerror}). Name another file with --out."
            ) from error
        if begun:
            _end_line(path)
            self._write({"resumed": header["time"], "machine": header["machine"]})
        else:
            self._write(header)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            ended = datetime.now(UTC).isoformat(timespec="seconds")
            self._write({"ended": ended, "peak_memory_bytes": peak_memory_bytes()})
        self._file.close()

    def add(self, result: Result) -> None:
        """Write one result."""
        self._write(asdict(result))

    def _write(self, value: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(value, ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def load_run(path: Path) -> Run:
    """The run in a file; a last line that a kill cut short is left out, and of a case run twice the last counts.

    Raises:
        UserFacingError: If it cannot be read, is no file of results, or of another version.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UserFacingError(f"The results in {str(path)!r} cannot be read ({error}). Give another file.") from error
    header = _object(lines[0])
    if header is None or "format" not in header:
        raise UserFacingError(f"{str(path)!r} is no file of results. Make one with `dateline eval run`.")
    if header["format"] != FORMAT:
        raise UserFacingError(
            f"{str(path)!r} is of another version of Dateline (format {header['format']!r}, this one reads {FORMAT}). "
            "Run the suite again with `dateline eval run`; the old file stays as it is."
        )
    results: dict[tuple[str, str], Result] = {}
    peak: int | None = None
    for number, line in enumerate(lines[1:], 2):
        read = _object(line)
        if read is None:
            if line.strip() and number < len(lines):
                raise UserFacingError(f"{str(path)!r}, line {number}: no JSON object. The file was changed by hand.")
        elif "system" in read:
            result = _result(read, f"{str(path)!r}, line {number}")
            results[result.system, result.item.id] = result
        elif "peak_memory_bytes" in read:
            peak = read["peak_memory_bytes"]
    return Run(path, header, tuple(results.values()), peak)


def results_path(folder: Path, suite: str, now: datetime) -> Path:
    """Where a run's results go unless a file is named."""
    name = "".join(letter if letter.isalnum() or letter in ".-" else "-" for letter in suite)
    return folder / f"{now:%Y-%m-%dT%H%M%SZ}-{name}.jsonl"


def build_header(
    suite: Suite, systems: Sequence[str], settings: Settings, chosen: Mapping[str, Any], judge: str | None = None
) -> dict[str, Any]:
    """What CONVENTIONS.md asks of a number: revision, models, settings, cases, machine.

    Args:
        chosen: How the cases were chosen: half, kinds, sample, seed, and how many they are.
        judge: The model whose opinion is asked, if any.
    """
    models = {system: model_of(system, settings) for system in systems}
    return {
        "format": FORMAT,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": revision(Path(__file__).resolve().parent),
        "suite": {"name": suite.name, "sha256": suite.sha256, "chosen": dict(chosen)},
        "comparable": suite.comparable,
        "systems": list(systems),
        "models": {name: model and {"name": model, "sha256": _pinned_hash(model)} for name, model in models.items()},
        "judge": judge_facts(judge) if judge else None,
        "embedder": {"name": MINILM.name, "sha256": MINILM.files[0].sha256},
        "settings": settings.model_dump(mode="json"),
        "packages": {name: version_of(name) for name in PACKAGES},
        "machine": machine(),
    }


def _require_same(run: Run, header: Mapping[str, Any]) -> None:
    differing = [name for name in MUST_AGREE if run.header.get(name) != json.loads(json.dumps(header.get(name)))]
    if differing:
        raise UserFacingError(
            f"{str(run.path)!r} holds a run that differs in: {', '.join(differing)}. Results of two such runs do not "
            "mix. Name a new file with --out, or run it as it was begun."
        )


def _end_line(path: Path) -> None:
    """Cut off what a kill left of a last line: all before it is whole."""
    data = path.read_bytes()
    os.truncate(path, data.rfind(b"\n") + 1)


def _result(read: Mapping[str, Any], where: str) -> Result:
    try:
        return Result(**{**read, "item": Item(**read["item"]), "reasons": tuple(read["reasons"])})
    except (KeyError, TypeError) as error:
        raise UserFacingError(f"{where}: no result ({error}). The file was changed by hand.") from error


def _object(line: str) -> dict[str, Any] | None:
    try:
        read = json.loads(line)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _pinned_hash(model: str) -> str | None:
    return WEIGHTS[model].files[0].sha256 if model in WEIGHTS else None
