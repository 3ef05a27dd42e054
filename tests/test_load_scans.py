"""Pictures of text: what is recognised is told as such, page by page, and what is no picture of text costs nothing."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pytest
from pdfs import pdf_of
from PIL import Image, ImageDraw, ImageFont

from index.errors import LoadError
from index.load import NOTES, load_document
from index.load.ocr import find_tesseract, told_pages
from index.load.pdf import read_pdf
from index.load.scans import read_image
from index.load.worker import Worker

LINES = ["The council approved the loan for the", "bridge on Tuesday. The work will cost", "forty thousand pounds."]
TEXT = "The council approved the loan for the bridge on Tuesday. The work will cost forty thousand pounds."
FAKE = """#!{python}
import sys
if "--list-langs" in sys.argv:
    print("List of available languages (3):", "deu", "eng", "osd", sep="\\n")
    sys.exit()
size = sys.stdin.buffer.readline().split()[1:3]
open({log!r}, "a").write(" ".join(sys.argv[1:]) + "\\n")
{does}
"""
COLUMNS = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"


def picture(lines: list[str], size: tuple[int, int] = (1240, 600)) -> Image.Image:
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((90, 80 + number * 70), line, fill=0, font=ImageFont.load_default(44))
    return image


def saved(image: Image.Image, kind: str, **how) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def scan(*pages: Image.Image) -> bytes:
    return saved(pages[0], "PDF", save_all=True, append_images=pages[1:], resolution=150)


def word(text: str, line: int = 1, paragraph: int = 1, conf: float = 90) -> str:
    return f"5\t1\t1\t{paragraph}\t{line}\t1\t0\t0\t9\t9\t{conf}\t{text}"


def printing(*words: str) -> str:
    table = "\n".join([COLUMNS, *words])
    return f"print({table!r})"


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Puts a program named tesseract that does what is told in the place of all others; gives the file of its calls."""
    if sys.platform == "win32":
        pytest.skip("a script is no program there")

    def install(does: str) -> Path:
        program, log = tmp_path / "bin" / "tesseract", tmp_path / "calls"
        program.parent.mkdir(exist_ok=True)
        program.write_text(FAKE.format(python=sys.executable, log=str(log), does=does))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent))
        find_tesseract.cache_clear()
        return log

    yield install
    find_tesseract.cache_clear()


@pytest.fixture
def nothing_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    find_tesseract.cache_clear()
    yield
    find_tesseract.cache_clear()


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
class TestWithTheRealProgram:
    def test_a_scanned_pdf_is_read_page_by_page_and_says_so(self, tmp_path):
        (tmp_path / "scan.pdf").write_bytes(scan(picture(LINES), picture(["The second page ends here."])))
        document = load_document(tmp_path / "scan.pdf")
        assert document.text == f"{TEXT}\n\nThe second page ends here."
        assert document.page_starts == (0, len(TEXT) + 2)
        assert document.origins[NOTES] == "Pages 1 and 2 were read by OCR, so words may be wrong."

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
    def test_an_image_is_read(self, kind):
        assert read_image(saved(picture(LINES), kind), Path("a.img")).text == TEXT

    def test_a_photo_that_lies_on_its_side_is_turned_as_it_says(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        turned = picture(LINES).rotate(90, expand=True)
        assert read_image(saved(turned, "JPEG", exif=exif), Path("a.jpg")).text == TEXT

    def test_small_letters_of_a_screen_are_read(self):
        small = Image.new("RGBA", (620, 120), (0, 0, 0, 0))
        font = ImageFont.load_default(14)
        ImageDraw.Draw(small).text((20, 40), "The council approved the loan.", fill="black", font=font)
        assert read_image(saved(small, "PNG"), Path("a.png")).text == "The council approved the loan."

    def test_a_picture_without_text_is_refused(self):
        with pytest.raises(LoadError, match="shows no text that could be made out"):
            read_image(saved(Image.new("L", (800, 600), 200), "PNG"), Path("a.png"))


def test_pages_with_text_are_never_recognised(fake):
    log = fake(printing(word("never")))
    assert "council" in read_pdf(pdf_of([LINES]), Path("a.pdf")).text
    assert not log.exists()


def test_every_language_but_those_of_the_layout_is_used_english_first(fake):
    log = fake(printing(word("Hello.")))
    read_pdf(scan(picture(LINES)), Path("a.pdf"))
    assert log.read_text() == "stdin stdout -l eng+deu --dpi 300 tsv\n"


def test_lines_paragraphs_and_parted_words_of_a_scan_are_joined(fake):
    fake(printing(word("The author-"), word("ities agreed.", 2), word("More followed.", 1, 2)))
    for content in (
        read_pdf(scan(picture(LINES)), Path("a.pdf")),
        read_image(saved(picture(LINES), "PNG"), Path("a.png")),
    ):
        assert content.text == "The authorities agreed.\n\nMore followed."


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("sys.exit('no memory')", "tesseract ended with 'no memory'"),
        (printing(word("l1|", conf=20)), "could not be made out (20 of 100 sure)"),
        (printing(), "shows no text"),
    ],
)
def test_what_could_not_be_recognised_is_told_with_its_reason(fake, does, told):
    fake(does)
    with pytest.raises(LoadError) as refused:
        read_image(saved(picture(LINES), "PNG"), Path("a.png"))
    assert told in str(refused.value)


def test_a_page_that_fails_leaves_the_others_and_keeps_its_number(fake):
    fake(f"sys.exit('no') if int(size[1]) > 1500 else {printing(word('Read.'))}")
    content = read_pdf(scan(picture(LINES, (1240, 1000)), picture(LINES)), Path("a.pdf"))
    assert (content.text, content.page_starts) == ("Read.", (0, 0))
    assert content.notes == (
        "No text, or only pictures, on page 1.",
        "Page 2 was read by OCR, so words may be wrong.",
        "Page 1 could not be recognised: tesseract ended with 'no'.",
    )


@pytest.mark.usefixtures("nothing_installed")
def test_without_the_program_it_is_told_how_to_get_it():
    for read, data in ((read_pdf, scan(picture(LINES))), (read_image, saved(picture(LINES), "PNG"))):
        with pytest.raises(LoadError, match="apt install tesseract-ocr; macOS: brew install"):
            read(data, Path("a.file"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (saved(Image.new("L", (32, 32)), "PNG"), "too small to show text"),
        (saved(Image.new("1", (20_000, 20_000)), "PNG"), "Save it smaller"),
        (saved(picture(LINES), "PNG")[:200], "is damaged or no picture"),
        (b"\x89PNG\r\n\x1a\n", "is damaged or no picture"),
    ],
)
def test_images_that_cannot_be_read_are_refused_in_words(data, words):
    with pytest.raises(LoadError, match=words):
        read_image(data, Path("a.png"))


def test_reading_many_pages_is_not_ended_while_it_goes_on(fake, tmp_path):
    fake(f"import time; time.sleep(1); {printing(word('Page.'))}")
    (tmp_path / "long.pdf").write_bytes(scan(*[picture(["x"])] * 5))
    worker = Worker(wall_limit_s=4)
    try:
        assert worker.read(tmp_path / "long.pdf", "pdf").text.count("Page.") == 5
    finally:
        worker.close()


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([3], "page 3"),
        ([1, 2], "pages 1 and 2"),
        ([2, 3, 4, 5], "pages 2 to 5"),
        ([1, 3, 4, 5, 9], "pages 1, 3 to 5 and 9"),
    ],
)
def test_pages_are_told_in_words(numbers, words):
    assert told_pages(numbers) == words
