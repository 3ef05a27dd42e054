"""How often the header of a plain text is read rightly: title, outlet, author and publication date.

    python -m evals.fit.headers evals/dossiers/dev
    python -m evals.fit.headers headers.jsonl

A folder holds dossiers; a file of JSON lines has `kind`, `save_as`, `text` and `expected`, null for what must be
absent.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from index.load.metadata import read_metadata

FIELDS = ("title", "outlet", "author", "published")


class Header(NamedTuple):
    """A text, and what a reader takes from its header."""

    kind: str
    name: str
    """Of its file."""
    text: str
    expected: dict[str, str | None]


def headers_in(path: Path) -> Iterator[Header]:
    """Those of a folder of dossiers or of a file of JSON lines."""
    if path.is_dir():
        for file in sorted(path.glob("*.json")):
            for each in json.loads(file.read_text(encoding="utf-8"))["documents"]:
                yield Header("dossiers", "note.txt", each["text"], {name: each[name] for name in FIELDS})
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        each = json.loads(line)
        yield Header(each["kind"], each["save_as"], each["text"], each["expected"])


def is_right(expected: str | None, got: str | None) -> bool:
    """Whether both are the same but for case and punctuation."""
    one, other = (None if value is None else re.sub(r"\W+", " ", value.casefold()).strip() for value in (expected, got))
    return one == other


def main() -> None:
    """Print the share right by kind and by field, and how many dates are wrong instead of missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    right, of = Counter[str](), Counter[str]()
    wrong_dates = 0
    for header in headers_in(parser.parse_args().path):
        read = {name: found.value for name, found in read_metadata(header.text, header.name).items()}
        found = {name: is_right(value, read.get(name)) for name, value in header.expected.items()}
        for name, fits in (*found.items(), (header.kind, all(found.values())), ("all fields", all(found.values()))):
            of[name] += 1
            right[name] += fits
        wrong_dates += "published" in read and not found.get("published", True)
    for name in of:
        print(f"{name:12} {right[name]} of {of[name]}")
    print(f"{'wrong dates':12} {wrong_dates}")


if __name__ == "__main__":
    main()
