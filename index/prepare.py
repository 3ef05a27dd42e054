"""A file, or the text of a document, made ready to keep: read, dated, cut and embedded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.context import embedding_text
from index.embed import Embedder
from index.errors import LibraryDamagedError, LoadError
from index.files import container_of
from index.record import DocumentVectors, Embedding, Record
from index.records import Document, Facts, Passage, Prepared, Span

Prepare = Callable[[Path, Mapping[str, str] | None], Prepared]
"""Reads a file with what the user has given about it; raises LoadError."""
GIVEN_ORIGIN = "given by you"
"""The origin that `index.load` writes for a value of the user's; such a value outlives a change of the file."""
HOW_READ = ("encoding", "fields")
"""What may be given beside the fields of a document: how its file is to be read."""
Embedded = tuple[str, tuple[Span, ...]]
"""What a passage's vectors were made from: its text in its context, and where its sentences are in that."""
Made = Mapping[Embedded, tuple[NDArray[np.float32], NDArray[np.float32]]]
"""Vectors that are there: the passage's, and those of its sentences (n, dimension)."""


def prepare_with(passage_words: int) -> Prepare:
    """The real `Prepare`: load, find the dates, cut. It can be pickled."""
    return partial(_prepare, passage_words)


def _prepare(passage_words: int, path: Path, given: Mapping[str, str] | None) -> Prepared:
    return prepare_document(read_file(str(path), given), passage_words)


def prepare_document(document: Document, passage_words: int) -> Prepared:
    """A document with its dates found and its text cut."""
    from index.chunk import split_document
    from index.dates import find_mentions

    mentions = find_mentions(document.text, document.published)
    return Prepared(document, split_document(document, passage_words), mentions)


def given_about(document: Document | None) -> dict[str, str]:
    """What the user gave about the document, in the form it was given."""
    if document is None:
        return {}
    names = [name for name, origin in document.origins.items() if origin == GIVEN_ORIGIN]
    # How its file is read is no field of a document: it stands among the origins as it was given.
    reading = {name: document.origins[name] for name in HOW_READ if name in document.origins}
    return {name: str(getattr(document, name)) for name in names} | reading


def read_file(uri: str, given: Mapping[str, str] | None = None) -> Document:
    """The document in a file, or in one that lies in another. Raises LoadError."""
    from index.load import load_document, load_documents

    path = Path(uri)
    container = container_of(path)
    if container is None:
        return load_document(path, given)
    inside = load_documents(container, given)
    found = next((one for one in inside if isinstance(one, Document) and one.uri == uri), None)
    if found is None:
        raise LoadError(f"There is no {path.name!r} in {str(container)!r} any more.")
    return found


def load_again(document: Document) -> Document | None:
    """The document read from its file once more, with all that is known about it; None where that has changed."""
    try:
        read = read_file(document.uri, given_about(document))
    except LoadError:
        return None
    return replace(document, text=read.text) if read.content_hash == document.content_hash else None


def read_by_facts(facts: Facts) -> Document | None:
    """The document read from its file, with what is known of it; None where the file is not there as it was."""
    try:
        read = read_file(facts.uri)
    except LoadError:
        return None
    known = {name: getattr(facts, name) for name in ("title", "outlet", "published", "collection")}
    kept = {name: "the library" for name, value in known.items() if value != getattr(read, name)}
    return replace(read, **known, origins={**read.origins, **kept}) if read.doc_id == facts.doc_id else None


def made_before(record: Record, document: Document) -> Made:
    """The vectors of a document that is in the record; none where they are damaged."""
    try:
        passages = record.passages_of(document.doc_id)
        ids, vectors = record.vectors_of([document.doc_id])
        sentences = record.sentence_vectors(ids)
    except LibraryDamagedError:
        return {}
    by_id = dict(zip(ids, vectors, strict=True))
    # A damaged record may lack some.
    whole = [one for one in passages if len(one.sentences) == len(sentences.get(one.passage_id, ()))]
    return {_embedded(document, one): (by_id[one.passage_id], sentences[one.passage_id]) for one in whole}


def _embedded(document: Document, passage: Passage) -> Embedded:
    text = embedding_text(document, passage)
    # The passage ends its text; what stands before it moves its sentences.
    by = len(text) - passage.end
    return text, tuple((start + by, end + by) for start, end in passage.sentences)


def embed_document(
    embedder: Embedder, document: Document, passages: Sequence[Passage], made: Made | None = None
) -> DocumentVectors:
    """As `embed_documents`, for one."""
    return embed_documents(embedder, [(document, passages, made or {})])[0]


def embed_documents(
    embedder: Embedder, documents: Sequence[tuple[Document, Sequence[Passage], Made]]
) -> list[DocumentVectors]:
    """Vectors of documents' passages, in their context, and of their sentences in the passage, all embedded together.

    Those that were made before from the same text are taken from there.
    """
    wanted = [[_embedded(document, passage) for passage in passages] for document, passages, _ in documents]
    found = {one: vectors for _, _, made in documents for one, vectors in made.items()}
    missing = list(dict.fromkeys(one for ones in wanted for one in ones if one not in found))
    whole, inside = embedder.encode_spans([text for text, _ in missing], [spans for _, spans in missing])
    remaining = iter(inside)
    for one, vector in zip(missing, whole, strict=True):
        found[one] = vector, np.array([next(remaining) for _ in one[1]]).reshape(-1, embedder.dimension)
    new = set(missing)
    return [
        DocumentVectors(
            document.doc_id,
            np.stack([found[one][0] for one in ones]) if ones else whole[:0],
            np.concatenate([found[one][1] for one in ones]) if ones else inside[:0],
            len(new.intersection(ones)),
        )
        for (document, _, _), ones in zip(documents, wanted, strict=True)
    ]


def keep_with(
    embedder: Embedder, passage_words: int, *, restored: bool = False, reuse: bool = False
) -> Callable[[Record, Document], None]:
    """What puts a document whose text is at hand into a record, with all that is made from it; see `Record.put`.

    With `reuse`, vectors of the document in the record that fit are taken over.
    """

    def keep(record: Record, document: Document) -> None:
        prepared = prepare_document(document, passage_words)
        there = record.document(document.doc_id) if reuse else None
        vectors = embed_document(embedder, document, prepared.passages, made_before(record, there) if there else None)
        embedding = Embedding(embedder.name, embedder.dimension)
        record.put(prepared, vectors.passages, vectors.sentences, embedding, restored=restored)

    return keep
