"""Text recognised on pictures, by the program tesseract where it is installed; nothing else is asked for it.

Its words may be wrong, so whatever comes from here is told as recognised. Format: tesseract's TSV, a line a word with
its block, paragraph, line and confidence.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise

PAGE_LIMIT_S = 120.0
"""Of one page; a dense one takes 5 s."""
MAX_PAGES = 500
"""Pages of one file that are recognised."""
MAX_LANGUAGES = 8
"""Each takes its time and its memory."""
MIN_CONFIDENCE = 50.0
"""Mean of a page's words, of 100; below, what is found are specks and not words."""
HYPHEN = "\ufffe"
"""Stands for a hyphen at the end of a line, as PDFium has it."""
HOW_TO_INSTALL = (
    "To have scans read, install the program tesseract (Debian, Ubuntu: apt install tesseract-ocr; macOS: brew install "
    "tesseract; Windows: choco install tesseract), with the languages of your scans, and add the file again."
)
_PLACES = (r"C:\Program Files\Tesseract-OCR\tesseract.exe",)
"""Where its installer for Windows puts it, without making it known."""
_beats: list[Callable[[], None]] = []


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was read on one page."""

    text: str
    """Paragraphs apart by a blank line, with the lines of the page; empty where nothing could be made out."""
    problem: str | None = None
    """Why there is none, where that is not known to the user."""


@dataclass(frozen=True, slots=True)
class Tesseract:
    """The program and the languages it is to read."""

    program: str
    languages: tuple[str, ...]

    def recognise(self, picture: bytes, dpi: int | None = None) -> Recognised:
        """The text on a picture (PGM)."""
        command = [self.program, "stdin", "stdout", "-l", "+".join(self.languages)]
        command += [*(["--dpi", str(dpi)] if dpi else []), "tsv"]
        try:
            done = subprocess.run(
                command, input=picture, capture_output=True, timeout=PAGE_LIMIT_S, check=True, env=_environment()
            )
        except subprocess.TimeoutExpired:
            return Recognised("", f"it took more than {PAGE_LIMIT_S:g} s")
        except (OSError, subprocess.CalledProcessError) as error:
            said = (getattr(error, "stderr", None) or str(error).encode()).decode(errors="replace").strip()
            return Recognised("", f"tesseract ended with {said[-200:]!r}")
        finally:
            for beat in _beats:
                beat()
        return _read_tsv(done.stdout.decode("utf-8", "replace"))


def on_each_page(beat: Callable[[], None]) -> None:
    """Have `beat` called after every page, so that who waits for many knows that they are worked on."""
    _beats.append(beat)


@cache
def find_tesseract() -> Tesseract | None:
    """The installed program with its languages; None where there is none, or it does not run."""
    program = shutil.which("tesseract") or next((place for place in _PLACES if os.path.exists(place)), None)
    if program is None:
        return None
    try:
        listed = subprocess.run(
            [program, "--list-langs"], capture_output=True, timeout=20, check=True, env=_environment()
        )
    except (OSError, subprocess.SubprocessError):
        return None
    lines = (listed.stdout or listed.stderr).decode(errors="replace").splitlines()[1:]
    names = [name for name in map(str.strip, lines) if name and name not in {"osd", "equ", "snum"}]
    # English first, as most scripts are mixed with it; then those of the user's own system.
    wanted = ["eng", *_own_languages(names)]
    names.sort(key=lambda name: (wanted.index(name) if name in wanted else len(wanted), name))
    return Tesseract(program, tuple(names[:MAX_LANGUAGES])) if names else None


def told_pages(numbers: Sequence[int]) -> str:
    """Pages in words: 'page 3', 'pages 2 to 5 and 7'."""
    runs: list[list[int]] = [[number] for number in numbers[:1]]
    for before, number in pairwise(numbers):
        if number == before + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    shown = [f"{run[0]} to {run[-1]}" if run[-1] > run[0] + 1 else " and ".join(map(str, run)) for run in runs]
    more = [f"{len(shown) - 9} more"] if len(shown) > 10 else []
    shown = shown[:9] + more if more else shown
    return f"page{'s' if len(numbers) > 1 else ''} " + " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def _environment() -> dict[str, str]:
    # One thread is as fast for one page as four that wait for each other.
    return {**os.environ, "OMP_THREAD_LIMIT": "1"}


def _own_languages(names: Sequence[str]) -> list[str]:
    """The languages of the user's locale among `names`, which are ISO 639-2 codes."""
    told = (os.environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    short = {value[:2].lower() for value in told} - {""}
    codes = {"de": "deu", "fr": "fra", "es": "spa", "it": "ita", "nl": "nld", "pt": "por", "pl": "pol", "ru": "rus"}
    return [name for name in names if any(codes.get(one, one) in {name, name[:2]} for one in short)]


def _read_tsv(written: str) -> Recognised:
    header, *lines = written.splitlines() or [""]
    names = header.split("\t")
    rows = [dict(zip(names, line.split("\t"), strict=False)) for line in lines]
    words = [row for row in rows if row.get("level") == "5" and (row.get("text") or "").strip()]
    if not words:
        return Recognised("")
    confidence = sum(float(row["conf"]) for row in words) / len(words)
    if confidence < MIN_CONFIDENCE:
        return Recognised("", f"what is on it could not be made out ({confidence:.0f} of 100 sure)")
    paragraphs = []
    for _, paragraph in groupby(words, key=lambda row: (row["page_num"], row["block_num"], row["par_num"])):
        by_line = groupby(paragraph, key=lambda row: row["line_num"])
        paragraphs.append("\n".join(" ".join(row["text"] for row in line) for _, line in by_line))
    return Recognised("\n\n".join(paragraphs).replace("-\n", f"{HYPHEN}\n"))
