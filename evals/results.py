"""The file of a run: a header that says what was measured and on what, then a line a case, each flushed."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from evals.run import Result
from index.errors import UserFacingError
from index.pinned import MINILM, WEIGHTS
from qa.records import Answer, marked
from qa.settings import Settings

FORMAT = 1
PACKAGES = (
    "chromadb",
    "langchain-core",
    "langchain-openai",
    "numpy",
    "openvino",
    "sentence-transformers",
    "sentencex",
    "snowballstemmer",
    "tokenizers",
    "torch",
    "xllamacpp",
)


class ResultsFile:
    """Appends to a new file of results; a kill loses at most the case that was running."""

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("x", encoding="utf-8")
        except OSError as error:
            raise UserFacingError(
                f"The results cannot be written to {str(path)!r} ({error.strerror}). Name a new file with --out."
            ) from error
        self._write(header)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, result: Result) -> None:
        """Write one case."""
        self._write(result_line(result))

    def _write(self, value: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(value, ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def results_path(folder: Path, model: str, now: datetime) -> Path:
    """Where a run's results go unless a file is named."""
    name = "".join(letter if letter.isalnum() or letter in ".-" else "-" for letter in model)
    return folder / f"{now:%Y-%m-%dT%H%M%SZ}-{name}.jsonl"


def build_header(
    settings: Settings, cases: Path, documents: Mapping[str, str], chosen: Mapping[str, Any]
) -> dict[str, Any]:
    """What CONVENTIONS.md asks of a number: revision, models, settings, cases, machine.

    Args:
        documents: Content hash of each document by its file's name.
        chosen: How the cases were chosen: half, kinds, sample, seed.
    """
    return {
        "format": FORMAT,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": revision(Path(__file__).resolve().parent),
        "model": {"name": settings.model, "sha256": _pinned_hash(settings.model)},
        "embedder": {"name": MINILM.name, "sha256": MINILM.files[0].sha256},
        "settings": settings.model_dump(mode="json"),
        "cases": {"file": str(cases), "sha256": hashlib.sha256(cases.read_bytes()).hexdigest(), **chosen},
        "documents": dict(documents),
        "packages": {name: _version(name) for name in PACKAGES},
        "machine": machine(),
    }


def result_line(result: Result) -> dict[str, Any]:
    """One case as it is kept."""
    return {
        "id": result.case.id,
        "half": result.case.half,
        "kind": result.case.kind,
        "question": result.case.question,
        "answer": _answer_summary(result.answer) if result.answer else None,
        "score": asdict(result.score) if result.score else None,
        "error": result.error,
        "seconds": {name: round(value, 3) for name, value in result.seconds.items()},
    }


def revision(folder: Path) -> dict[str, Any] | None:
    """Commit and whether the tree differs from it; None outside a git checkout or without git."""
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        return {"commit": commit, "dirty": bool(_git(folder, "status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        return None


def machine() -> dict[str, Any]:
    """Processor, cores and memory, as far as the system tells."""
    cpu, memory = platform.processor() or platform.machine(), None
    if Path("/proc/cpuinfo").is_file():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), cpu)
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_bytes": memory,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=20, check=True
    )
    return done.stdout.strip()


def _answer_summary(answer: Answer) -> dict[str, Any]:
    return {
        "status": answer.status,
        "text": answer.text,
        "claims": [
            {
                "text": marked(claim),
                "verdict": claim.verdict,
                "reasons": list(claim.reasons),
                "citations": [
                    {"file": Path(one.uri).name, "start": one.start, "end": one.end, "quote": one.quote}
                    for one in claim.citations
                ],
            }
            for claim in answer.claims
        ],
        "problems": list(answer.problems),
        "tokens": dict(answer.tokens),
        "seconds": {name: round(value, 3) for name, value in answer.seconds.items()},
    }


def _pinned_hash(model: str) -> str | None:
    return WEIGHTS[model].files[0].sha256 if model in WEIGHTS else None


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
