"""The process in which files are read: takes requests, a line of JSON each, on standard input, and answers so.

Started by `index.load.worker`, which ends it when it takes too long or too much memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.load.content import Content
from index.load.ocr import on_each_page
from index.load.worker import MEMORY_LIMIT, STILL_AT_WORK


def main() -> None:
    """Answer requests until standard input ends."""
    _limit_memory()
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # a library that prints must not speak in between

    def still_at_work() -> None:
        answers.write(STILL_AT_WORK)
        answers.flush()

    on_each_page(still_at_work)
    for line in sys.stdin.buffer:
        name, kind = json.loads(line)
        answers.write(json.dumps(_answer(Path(name), kind)).encode() + b"\n")
        answers.flush()


def _answer(path: Path, kind: str) -> dict[str, Any]:
    try:
        data = path.read_bytes()
        content = READERS[kind](data, path)
    except LoadError as error:
        return {"error": str(error)}
    except OSError as error:
        return {"error": f"{str(path)!r} cannot be read: {error.strerror}. Check that you may read it."}
    except Exception as error:  # whatever a library does with a damaged file
        return {
            "error": f"{path.name!r} could not be read ({type(error).__name__}: {str(error)[:200]}). It is damaged, or "
            "of a form that is not known yet. Save it anew, or print it to PDF, and add that."
        }
    known = {name: [read.value, read.origin, read.sure] for name, read in content.metadata.items()}
    return {
        "digest": hashlib.sha256(data).hexdigest(),
        "text": content.text,
        "page_starts": content.page_starts,
        "metadata": known,
        "notes": content.notes,
    }


def _limit_memory() -> None:
    """Have the system refuse more memory than the limit, where it does; the parent looks as well."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (3 * MEMORY_LIMIT, 3 * MEMORY_LIMIT))


def _reader(module: str, function: str) -> Callable[[bytes, Path], Content]:
    """A reader whose library is imported when the first file of its kind comes."""

    def read(data: bytes, path: Path) -> Content:
        from importlib import import_module

        content: Content = getattr(import_module(f"index.load.{module}"), function)(data, path)
        return content

    return read


READERS = {
    "html": _reader("html", "read_html"),
    "mhtml": _reader("mhtml", "read_mhtml"),
    "pdf": _reader("pdf", "read_pdf"),
    "pdf slowly": _reader("pdf", "read_pdf_slowly"),
    "image": _reader("scans", "read_image"),
    "docx": _reader("docx", "read_docx"),
    "odt": _reader("odt", "read_odt"),
    "rtf": _reader("rtf", "read_rtf"),
    "epub": _reader("epub", "read_epub"),
    "pptx": _reader("pptx", "read_pptx"),
    "sheet": _reader("sheets", "read_sheet"),
    "eml": _reader("mail", "read_eml"),
    "msg": _reader("msg", "read_msg"),
}

if __name__ == "__main__":
    main()
