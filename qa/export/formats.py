"""The kinds of files that answers are saved as, told by the end of the file's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from qa.export.records import Exported

Format = Literal[".md", ".html", ".docx", ".csl.json", ".json"]
FORMATS: dict[Format, str] = {
    ".md": "Markdown",
    ".html": "a page for the browser",
    ".docx": "Word",
    ".csl.json": "the documents cited, for a reference manager",
    ".json": "all data",
}
"""In words, by ending; a longer ending stands before the shorter one that it ends in."""


def format_of(name: str) -> Format | None:
    """The format of a file with this name, without regard to case; None when there is none."""
    return next((ending for ending in FORMATS if name.lower().endswith(ending)), None)


def formats_in_words() -> str:
    """What is possible: `.md (Markdown), .docx (Word)`."""
    return ", ".join(f"{ending} ({words})" for ending, words in FORMATS.items())


def write_as(wanted: Format, exported: Sequence[Exported]) -> bytes:
    """The file's bytes. Each writer is loaded when it is asked for."""
    if wanted == ".docx":
        from qa.export.word import to_docx

        return to_docx(exported)
    if wanted == ".md":
        from qa.export.markdown import to_markdown as written
    elif wanted == ".html":
        from qa.export.page import to_page as written
    elif wanted == ".csl.json":
        from qa.export.csl import to_csl as written
    else:
        from qa.export.data import to_json as written
    return written(exported).encode("utf-8")
