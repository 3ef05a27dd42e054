"""Broken files of every kind put through the readers, and odd texts through all of intake: what hangs or crashes?

`python tests/broken_files.py FOLDER 10000` breaks the files in FOLDER; `python tests/broken_files.py text 1000` makes
texts of the kinds in `growth.py`, adds them to a library and asks it. Both print what took over 5 s and what crashed.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from fakes import HashingEmbedder
from growth import kinds, text_of

from index.errors import LoadError, UserFacingError
from index.load import SUFFIXES, close_readers, load_documents
from index.pipeline import open_library
from index.records import Document
from qa.chain import AnswerChain
from qa.model.open import NONE, Model
from qa.settings import Settings

SLOW_S = 5.0
QUESTIONS = ("How many guests did the museum of Oslo open with on Friday?", "Who said so in March 2024?", "why")
MADE = {
    ".eml": b"From: a@b.de\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nText.\n--b\n"
    b"Content-Type: text/html\nContent-Disposition: attachment; filename=a.html\n\n<p>Page.</p>\n--b--\n",
    ".mbox": b"From a@b.de Sun Mar  3 10:00:00 2019\nSubject: x\n\nText.\n\n"
    b"From c Sun Mar  3 10:00:00 2019\nTo: y\n\nZ.\n",
    ".txt": "Größere Schäden wurden an zwei Pfeilern der Brücke gefunden.".encode("latin-1"),
    ".csv": b'a,b\n1,2\n"x\ny",3\n',
    ".jsonl": b'{"a":1,"text":"x y."}\n',
    ".rtf": rb"{\rtf1\ansi Hello \b world\b0 .\par}",
    ".html": b"<html><head><title>A</title></head><body><p>Text.</p><table><tr><td>1</td></tr></table></body></html>",
}


def broken(chance: random.Random, data: bytes) -> bytes:
    """The bytes cut off, changed in places, with a part repeated, put in or left out."""
    at, kind = chance.randrange(len(data) + 1), chance.randrange(5)
    if kind == 0:
        return data[:at]
    if kind == 1:
        changed = bytearray(data)
        for _ in range(min(len(data), chance.randint(1, 60))):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return bytes(changed)
    if kind == 2:
        return data[:at] + data[at : at + 200] * chance.randint(1, 300) + data[at:]
    if kind == 3:
        return data[:at] + chance.randbytes(chance.randint(1, 3000)) + data[at:]
    return data[:at] + data[at + chance.randint(1, 500) :]


def break_files(sources: list[Path], count: int, place: Path) -> Iterator[tuple[str, float, str]]:
    """For each broken file: its ending, the seconds that reading it took, and what became of it."""
    chance = random.Random(7)
    for _ in range(count):
        path = chance.choice(sources)
        suffix, data = (path.suffix, path.read_bytes()) if chance.random() < 0.7 else chance.choice(list(MADE.items()))
        suffix = chance.choice(sorted(SUFFIXES)) if chance.random() < 0.1 else suffix
        file = place / f"broken{suffix}"
        file.write_bytes(broken(chance, data))
        began = time.perf_counter()
        try:
            became = "loaded" if any(isinstance(one, Document) for one in load_documents(file)) else "refused"
        except LoadError:
            became = "refused"
        except Exception as error:
            became = f"CRASHED {type(error).__name__}: {error}"
        yield suffix, time.perf_counter() - began, became


def ask_texts(count: int, place: Path) -> Iterator[str]:
    """What became of so many odd texts, and of the questions put to them, in words."""
    chance, units = random.Random(20261128), list(kinds().values())
    (place / "texts").mkdir()
    for number in range(count):
        length = chance.choice((10, 300, 3_000, 40_000, 120_000))
        mixed = "".join(chance.choice(units) * chance.randint(1, 60) for _ in range(length // 100 + 1))[:length]
        text = mixed if number % 2 else text_of(chance.choice(units), length)
        (place / "texts" / f"{number}.txt").write_bytes(text.encode("utf-8", "ignore"))
    with open_library(place / "library", HashingEmbedder()) as library:
        began = time.perf_counter()
        report = library.add([place / "texts"])
        yield f"{len(report.added)} added in {time.perf_counter() - began:.0f} s, {len(report.failed)} refused"
        yield f"crashed: {[one.reason for one in report.failed if 'fault in Dateline' in one.reason]}"
        chain = AnswerChain(library, Model(NONE, None), Settings(model=NONE))
        for question in QUESTIONS:
            began = time.perf_counter()
            try:
                chain.invoke(question)
            except UserFacingError as error:
                yield f"told: {error}"
            yield f"answered in {time.perf_counter() - began:.2f} s"
        yield f"damage: {library.damage()}"


def main(folder: str, count: int) -> None:
    """Print the counts, what took long and what crashed."""
    with tempfile.TemporaryDirectory() as place:
        if folder == "text":
            print(*ask_texts(count, Path(place)), sep="\n")
            return
        sources = [path for path in Path(folder).rglob("*") if path.suffix.lower() in SUFFIXES]
        rows = list(break_files([path for path in sources if path.stat().st_size < 400_000], count, Path(place)))
        print(Counter(became.partition(":")[0] for _, _, became in rows))
        print([row for row in rows if row[1] > SLOW_S or row[2].startswith("CRASHED")])
    close_readers()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
