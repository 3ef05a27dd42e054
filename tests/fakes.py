"""Stand-ins for what we do not own. Each tells different inputs apart."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import LoadError
from index.records import Document, Passage, Prepared, Span


class HashingEmbedder:
    """Bags of words hashed into 64 numbers: texts that share words are near, and the same text is the same vector."""

    def __init__(self, name: str = "hashing") -> None:
        self.name = name
        self.dimension = 64
        self.late = None
        self.encoded = 0
        """How many texts were embedded so far."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors (n, 64), unit length; the name is hashed in, so that two embedders differ."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            # The whole text goes in with little weight: word order alone also makes another vector.
            for word, weight in [*((w, 1.0) for w in re.findall(r"\w+", text.lower())), (text, 0.1)]:
                digest = hashlib.sha256(f"{self.name} {word}".encode()).digest()
                row[digest[0] % self.dimension] += weight if digest[1] % 2 else -weight
            row /= np.linalg.norm(row) or 1.0
            if not row.any():
                row[0] = 1.0
        self.encoded += len(texts)
        return vectors

    def encode_spans(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The vectors of the texts, and of each span's own words."""
        inside = [text[start:end] for text, of_text in zip(texts, spans, strict=True) for start, end in of_text]
        return self.encode(texts), self.encode(inside)


def prepare_lines(path: Path, given: Mapping[str, str] | None = None) -> Prepared:
    """A document of one passage a line; its first line is its title, and `UNREADABLE` in it cannot be read."""
    data = path.read_bytes()
    text, content_hash = data.decode(), hashlib.sha256(data).hexdigest()
    if "UNREADABLE" in text:
        raise LoadError(f"{str(path)!r} cannot be read.")
    known = dict.fromkeys(("outlet", "author", "published", "collection")) | {"title": text.partition("\n")[0]}
    known |= dict(given or {})
    document = Document(
        doc_id=content_hash[:16],
        uri=str(path),
        title=str(known["title"]),
        outlet=known["outlet"],
        author=known["author"],
        published=date.fromisoformat(known["published"]) if known["published"] else None,
        language=None,
        text=text,
        content_hash=content_hash,
        origins=dict.fromkeys(given or {}, "given by you"),
        collection=known["collection"],
    )
    passages, start = [], 0
    for number, line in enumerate(text.split("\n")):
        span = (start, start + len(line))
        passages.append(Passage(f"{document.doc_id}:{number}", document.doc_id, line, *span, (span,)))
        start = span[1] + 1
    return Prepared(document, tuple(passages), ())
