"""Pages that are pictures: those of a scanned PDF, and images on their own."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.load.content import Content
from index.load.ocr import HOW_TO_INSTALL, MAX_PAGES, Recognised, find_tesseract, told_pages

DPI = 300
MAX_PIXELS = 30_000_000
"""Of a page as it is recognised: A4 at 300 dpi has 9 million."""
MAX_IMAGE_PIXELS = 100_000_000
"""Of an image as it is unpacked."""
MIN_SIDE = 40
"""Pixels; a smaller image is an icon or a rule."""
SMALL_SIDE = 1_500
"""Pixels of the longer side below which an image is doubled: a screen's letters are too small to be told apart."""
FEW_LETTERS = 40
"""On a page that is a picture for the most part: a number or a stamp over a scan, and not its text."""
SCAN_SHARE = 0.7


def read_scans(document: Any, pages: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The texts of an open PDF's pages, those recognised in the places of pages without, and what to tell of them."""
    pictures = [number for number, text in enumerate(pages) if _is_scan(document, number, text)]
    if not pictures:
        return list(pages), ()
    tesseract = find_tesseract()
    if tesseract is None:
        return list(pages), (HOW_TO_INSTALL,)
    found = {n: tesseract.recognise(_rendered(document, n), DPI) for n in pictures[:MAX_PAGES]}
    better = {n: one.text for n, one in found.items() if _letters(one.text) > _letters(pages[n])}
    texts = [better.get(number, text) for number, text in enumerate(pages)]
    return texts, tuple(_notes(sorted(better), found, pictures))


def read_image(data: bytes, path: Path) -> Content:
    """The text recognised on an image; each of a TIFF's pictures is a page.

    Raises:
        LoadError: If tesseract is not installed, the image is damaged or too large, or no text is made out.
    """
    from index.load.pages import page_content

    pictures = list(_frames(data, path))
    tesseract = find_tesseract()
    if tesseract is None:
        raise LoadError(f"{path.name!r} is a picture, and no program to read its text was found. {HOW_TO_INSTALL}")
    found = {number: tesseract.recognise(*picture) for number, picture in enumerate(pictures[:MAX_PAGES])}
    notes = tuple(_notes([n for n, one in found.items() if one.text], found, range(len(pictures))))
    if not any(one.text for one in found.values()):
        raise LoadError(f"{path.name!r} shows no text that could be made out, so nothing was added. {' '.join(notes)}")
    return page_content([one.text for one in found.values()], {}, len(found), path, notes)


def _notes(read: Sequence[int], found: dict[int, Recognised], wanted: Sequence[int]) -> Iterator[str]:
    if read:
        one = "was" if len(read) == 1 else "were"
        yield f"{_told(read).capitalize()} {one} read by OCR, so words may be wrong."
    for number, page in found.items():
        if page.problem:
            yield f"Page {number + 1} could not be recognised: {page.problem}."
    if len(wanted) > MAX_PAGES:
        yield f"Only the first {MAX_PAGES} scanned pages were read, not {_told(wanted[MAX_PAGES:])}. Split the file."


def _told(indices: Sequence[int]) -> str:
    return told_pages([index + 1 for index in indices])


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _is_scan(document: Any, number: int, text: str) -> bool:
    """Whether what a page says is in a picture: no text and something on it, or next to none over a large picture."""
    import pypdfium2
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    letters = _letters(text)
    if letters >= FEW_LETTERS:
        return False
    try:
        with contextlib.closing(document[number]) as page:
            if not letters:
                return any(True for _ in page.get_objects(max_depth=2))
            width, height = page.get_size()
            for image in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=3):
                left, bottom, right, top = image.get_bounds()
                if (right - left) * (top - bottom) > SCAN_SHARE * width * height:
                    return True
    except pypdfium2.PdfiumError:
        return False
    return False


def _rendered(document: Any, number: int) -> bytes:
    """A page as a grey picture (PGM)."""
    with contextlib.closing(document[number]) as page:
        width, height = page.get_size()
        scale = min(DPI / 72, sqrt(MAX_PIXELS / max(1.0, width * height)))
        bitmap = page.render(scale=scale, grayscale=True)
        rows = memoryview(bitmap.buffer)
        picture = b"".join(
            rows[at : at + bitmap.width] for at in range(0, bitmap.stride * bitmap.height, bitmap.stride)
        )
        return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + picture


def _frames(data: bytes, path: Path) -> Iterator[tuple[bytes, int | None]]:
    """Each picture of an image file as a grey one (PGM), upright, and its resolution where it tells a likely one."""
    from PIL import Image, ImageOps, ImageSequence

    Image.MAX_IMAGE_PIXELS = None  # refused below, with words of our own
    try:
        with Image.open(io.BytesIO(data)) as image:
            for frame in ImageSequence.Iterator(image):
                width, height = frame.size
                if width * height > MAX_IMAGE_PIXELS:
                    raise LoadError(
                        f"{path.name!r} has {width:,} by {height:,} points, more than {MAX_IMAGE_PIXELS:,}, "
                        "which could fill the memory. Save it smaller."
                    )
                if min(width, height) < MIN_SIDE:
                    raise LoadError(f"{path.name!r} is too small to show text ({width} by {height} points).")
                yield _grey(ImageOps.exif_transpose(frame))
                if image.format != "TIFF":
                    break
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError) as error:
        raise LoadError(f"{path.name!r} is damaged or no picture that is known ({error}). Save it anew.") from error


def _grey(image: Any) -> tuple[bytes, int | None]:
    from PIL import Image

    dpi = image.info.get("dpi", (0,))[0]
    if "A" in image.getbands() or "transparency" in image.info:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    grey = image.convert("L")
    longer, points = max(grey.size), grey.size[0] * grey.size[1]
    factor = 2.0 if longer < SMALL_SIDE else min(1.0, sqrt(MAX_PIXELS / points))
    if factor != 1.0:
        grey = grey.resize([max(1, int(side * factor)) for side in grey.size], Image.Resampling.LANCZOS)
    likely = round(float(dpi) * factor) if 70 <= float(dpi) * factor <= 1_200 and float(dpi) > 100 else None
    return b"P5 %d %d 255\n" % grey.size + grey.tobytes(), likely
