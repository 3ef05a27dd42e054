"""A page of a PDF as it is printed, as a picture with a quote marked on it.

Drawn in a process of its own, which is this module run: PDFium never comes to the end of some files and dies of others.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import LoadError

LIMIT_S = 30.0
"""Of one page; an honest one takes under a second."""
MAX_SIDE = 1_600
"""Pixels of the longer side."""
MARK = (255, 226, 130)
Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points from the page's lower left."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A page as a picture."""

    png: bytes
    marked: bool
    """Whether the words were found on it."""


def draw_page(path: Path, page: int, quote: str, limit_s: float = LIMIT_S) -> Printed:
    """The page, counted from 1, with the words of `quote` marked.

    Raises:
        LoadError: If it cannot be drawn, or takes too long.
    """
    command = [sys.executable, "-m", "index.load.printed"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps([str(path), page, quote]).encode(),
            capture_output=True,
            timeout=limit_s,
            cwd=Path(__file__).resolve().parents[2],
            check=False,
        )
        told = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise LoadError(f"Page {page} of {path.name!r} takes more than {limit_s:g} s to draw.") from error
    except (OSError, ValueError) as error:
        raise LoadError(f"Page {page} of {path.name!r} could not be drawn: what draws it ended.") from error
    if "error" in told:
        raise LoadError(f"Page {page} of {path.name!r} could not be drawn: {told['error']}.")
    return Printed(base64.b64decode(told["png"]), bool(told["marked"]))


def find_quote(characters: Sequence[str], quote: str) -> range | None:
    """Which of the page's characters the quote is; None when it is not there.

    White space, hyphens and the forms of letters are not compared: lines are broken otherwise on the page.
    """
    letters = [(letter, at) for at, one in enumerate(characters) for letter in _compared(one)]
    wanted = "".join(_compared(quote))
    found = "".join(letter for letter, _ in letters).find(wanted) if wanted else -1
    return range(letters[found][1], letters[found + len(wanted) - 1][1] + 1) if found >= 0 else None


def _compared(text: str) -> Iterator[str]:
    for letter in unicodedata.normalize("NFKC", text):
        if letter.isalnum():
            yield from letter.casefold()


def lines_of(boxes: Sequence[Box]) -> list[Box]:
    """The boxes of characters joined to one for each line; those without a surface are left out."""
    lines: list[Box] = []
    for left, bottom, right, top in boxes:
        if right <= left or top <= bottom:
            continue
        if lines and lines[-1][1] < (bottom + top) / 2 < lines[-1][3] and left >= lines[-1][0]:
            last = lines.pop()
            lines.append((last[0], min(last[1], bottom), max(last[2], right), max(last[3], top)))
        else:
            lines.append((left, bottom, right, top))
    return lines


def _draw(path: Path, page: int, quote: str) -> dict[str, Any]:
    import pypdfium2
    from PIL import Image, ImageChops, ImageDraw

    with contextlib.closing(pypdfium2.PdfDocument(path)) as document, contextlib.closing(document[page - 1]) as sheet:
        width, height = sheet.get_size()
        scale = min(2.0, MAX_SIDE / max(width, height, 1.0))
        drawing = sheet.render(scale=scale)
        picture = drawing.to_pil().convert("RGB")
        lines = _marks(sheet, quote)
        over = Image.new("RGB", picture.size, "white")
        pen = ImageDraw.Draw(over)
        for left, bottom, right, top in lines:
            # PDFium's own turn from points to pixels: it knows the page's crop and rotation.
            (x, y), (to_x, to_y) = (_pixel(sheet, picture.size, *corner) for corner in ((left, top), (right, bottom)))
            pen.rectangle((min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)), fill=MARK)
        picture = ImageChops.multiply(picture, over)  # as a marker does: black letters stay black
    made = io.BytesIO()
    picture.save(made, "PNG")
    return {"png": base64.b64encode(made.getvalue()).decode(), "marked": bool(lines)}


def _marks(sheet: Any, quote: str) -> list[Box]:
    import pypdfium2.raw

    with contextlib.closing(sheet.get_textpage()) as text_page:
        codes = [pypdfium2.raw.FPDFText_GetUnicode(text_page, at) for at in range(text_page.count_chars())]
        found = find_quote([chr(code) if code < 0x110000 else " " for code in codes], quote)
        return lines_of([text_page.get_charbox(at, loose=True) for at in found or ()])


def _pixel(sheet: Any, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    import ctypes

    import pypdfium2.raw

    to_x, to_y = ctypes.c_int(), ctypes.c_int()
    pypdfium2.raw.FPDF_PageToDevice(sheet, 0, 0, *size, 0, x, y, ctypes.byref(to_x), ctypes.byref(to_y))
    return to_x.value, to_y.value


def main() -> None:
    """Answer the request on standard input."""
    path, page, quote = json.loads(sys.stdin.buffer.read())
    try:
        told = _draw(Path(path), page, quote)
    except Exception as error:  # whatever PDFium does with a damaged file
        told = {"error": str(error)[:200] or type(error).__name__}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
