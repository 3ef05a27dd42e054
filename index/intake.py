"""Files into the record: what is new, changed, unchanged, moved, a copy, or cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from index.agreed import Folders, as_decided, folder_of
from index.conveyor import READERS, Conveyor, Read
from index.edit import edited
from index.embed import Embedder
from index.errors import LibraryError, LoadError
from index.fields import fields_for, said_about
from index.files import SEVERAL, container_of, file_hash, is_gone
from index.gone import too_many_gone
from index.known import Sources
from index.prepare import GIVEN_ORIGIN, HOW_READ, Prepare, embed_document, given_about, made_before, prepare_document
from index.record import Contained, DocumentVectors, Embedding, Record
from index.records import Document, Failure, Prepared
from index.report import FileRow, Outcome, SyncReport
from index.rounds import Rounds, Unfolded

if TYPE_CHECKING:
    from index.cluster import Cluster

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Intake:
    """One run over files: takes each into the record and remembers what became of it."""

    def __init__(
        self,
        record: Record,
        embedder: Embedder,
        prepare: Prepare,
        suffixes: Collection[str],
        readers: int = READERS,
        passage_words: int | None = None,
        cluster: Cluster | None = None,
        on_done: Callable[[Path], None] | None = None,
    ) -> None:
        """With `passage_words`, files that hold several documents are taken apart by the package's own readers.

        With a `cluster`, its workers read and embed; `on_done` is called with the path of each file that is done so.
        """
        self._passage_words = passage_words
        self._record, self._embedder, self._prepare, self._suffixes = record, embedder, prepare, suffixes
        self._sources = Sources(record.sources())
        self._restored, self._said = record.restored(), said_about(record)
        self._rows: dict[str, FileRow] = {}
        self._copies: dict[str, str] = {}
        """Content hash by the path of each duplicate."""
        self._contained: dict[str, Contained] = {}
        """Of the files that hold several documents, to be noted when these are kept."""
        self._embedded = 0
        self._folders = Folders(record)
        self._touched: set[str] = set()
        """Folders of which a document came into the record or went, or another text of one."""
        steps = partial(made_before, record), self._keep, self._failed, self._decided
        self._cluster = cluster
        self._rounds = Rounds(cluster, *steps, on_done) if cluster else None
        self._conveyor = self._rounds or Conveyor(embedder, *steps, readers)
        self._unfolded: Unfolded | None = None

    @property
    def waiting(self) -> int:
        """Documents that were given out to a cluster and are not in the record yet."""
        return self._rounds.waiting if self._rounds else 0

    def foresee(self, paths: Sequence[Path], given: Mapping[str, str] | None = None) -> None:
        """Have a cluster read ahead those of the files that hold several documents; they are taken in this order."""
        if self._cluster is None or self._passage_words is None:
            return
        asked = []
        for path in paths:
            with suppress(OSError):  # which is told when it is taken
                if path.suffix.lower() in SEVERAL and self._noted(path, given or {}) is None:
                    asked.append((path, self._how(path, given or {})))
        self._unfolded = Unfolded(self._cluster, asked)

    def take(self, path: Path, given: Mapping[str, str] | None = None) -> None:
        """Bring the record up to date with one file; a file that cannot be used leaves its document as it was.

        What has to be read may be in the record only after `finish`.
        """
        several = self._passage_words is not None and path.suffix.lower() in SEVERAL
        try:
            if several:
                self._take_several(path, given or {})
            else:
                self._rows[str(path)] = self._take(path, given or {})
        except (LoadError, OSError) as error:
            self._failed(path, error)

    def finish(self) -> None:
        """Wait until the record holds all that was taken."""
        self._folders = Folders(self._record)
        self._conveyor.finish()
        self._decide_earlier()
        for uri, contained in self._contained.items():
            if self._sources.keys() >= {*contained.uris}:
                self._record.note_contained(uri, contained)
        self._contained.clear()

    def fail(self, failure: Failure) -> None:
        """Note what could not be used."""
        self._rows[failure.uri] = FileRow(failure.uri, "failed", reason=failure.reason)

    def _failed(self, path: Path, error: Exception) -> None:
        if isinstance(error, OSError):
            reason = f"{str(path)!r} cannot be read: {error.strerror}. Check that you may read it."
        elif isinstance(error, UnicodeEncodeError):
            reason = f"{str(path)!r} holds characters that are no Unicode text ({error.reason})."
        else:
            reason = str(error)
        self._sources.back(str(path))
        self.fail(Failure(str(path), reason))

    def remove_gone(self, roots: Collection[Path], confirmed: int = 0, among: Collection[Path] | None = None) -> None:
        """Remove the documents under `roots` whose files were deleted, but not so many at once that a disk may be off.

        Args:
            roots: Folders that are followed.
            confirmed: How many may be removed where that is too many to do unasked.
            among: Only these files, and those under these folders; all when None.
        """
        known = {uri: doc_id for uri, (doc_id, _) in self._sources.items() if doc_id not in self._restored}
        gone = {
            uri: doc_id
            for uri, doc_id in known.items()
            if lies_in(uri, roots) and (among is None or lies_in(uri, among)) and is_gone(Path(uri))
        }
        kept, failures = too_many_gone(roots, set(gone), set(known), confirmed)
        self._rows |= {uri: FileRow(uri, "kept") for uri in sorted(kept)}
        for failure in failures:
            self.fail(failure)
        gone = {uri: doc_id for uri, doc_id in gone.items() if uri not in kept}
        if gone:
            self._record.remove(gone.values())
        for uri in gone:
            del self._sources[uri]
            self._touched.add(folder_of(uri))
            self._rows[uri] = FileRow(uri, "removed")

    def take_orphans(self, given: Mapping[str, str] | None = None) -> None:
        """Take the duplicates whose original has changed or gone during the run: theirs is now the only copy."""
        for uri, content_hash in list(self._copies.items()):
            if self._sources.of(content_hash):
                continue
            container = container_of(Path(uri)) if self._passage_words is not None else None
            if container:
                self._record.note_contained(str(container), None)  # so that it is read again
            self.take(container or Path(uri), given)
        self.finish()

    def close(self) -> None:
        """Let go of what reading needed."""
        from index.load import close_readers

        self._conveyor.close()
        close_readers()

    def report(self, seconds: float) -> SyncReport:
        """What became of every file met."""
        return SyncReport(tuple(self._rows.values()), self._embedded, seconds)

    def _take(self, path: Path, given: Mapping[str, str]) -> FileRow:
        uri = str(path)
        known = self._sources.get(uri)
        content_hash = file_hash(path) if path.suffix.lower() in self._suffixes else None
        self._mark_found(known)
        if known and content_hash == known[1] and not given:
            return FileRow(uri, "unchanged")
        old = self._record.document(known[0]) if known else None
        if content_hash:
            if old and content_hash == old.content_hash and (outcome := self._known(old, given)):
                return FileRow(uri, outcome)
            if elsewhere := self._sources.of(content_hash, other_than=uri):
                if is_gone(Path(elsewhere)):
                    return self._move(path, elsewhere, given)
                if known:
                    self._record.remove([known[0]], replaced_by=self._sources[elsewhere][0])
                    del self._sources[uri]
                self._copies[uri] = content_hash
                return FileRow(uri, "duplicate", elsewhere)
        before = old or (self._record.past.removed_with(content_hash) if content_hash else None)
        if content_hash:
            self._sources[uri] = (content_hash[:16], content_hash)
        prepare = partial(self._prepare, path, {**given_about(before), **given} or None)
        self._conveyor.take(path, partial(_guarded, path, prepare), old)
        return FileRow(uri, "updated" if old else "added")

    def _take_several(self, path: Path, given: Mapping[str, str]) -> None:
        """Bring the record up to date with all documents that a file holds."""
        from index.load import load_documents

        if noted := self._noted(path, given):
            self._rows |= {each: FileRow(each, "unchanged") for each in noted.uris}
            self._copies |= noted.copies
            return
        uri, content_hash, fields = str(path), file_hash(path), fields_for(path, self._said)
        load = self._unfolded.read if self._unfolded else load_documents
        found = _guarded(path, partial(load, path, self._how(path, given)))
        for each in found:
            if isinstance(each, Failure):
                self.fail(each)
            else:
                self._rows[each.uri] = self._take_document(each, given)
        uris = {each.uri for each in found}
        failed = {each.uri for each in found if isinstance(each, Failure)}
        # What was one document may be several now. What cannot be opened leaves its documents as they were.
        inside = [each for each in self._sources if each not in uris and (each == uri or each.startswith(f"{uri}/"))]
        for gone in [each for each in inside if uri not in failed and self._sources[each][0] not in self._restored]:
            self._record.remove([self._sources[gone][0]])
            del self._sources[gone]
            self._touched.add(folder_of(gone))
            self._rows[gone] = FileRow(gone, "removed")
        if not failed:
            copies = {each: self._copies[each] for each in uris if each in self._copies}
            self._contained[uri] = Contained(content_hash, sorted(uris - copies.keys()), copies, fields)

    def _noted(self, path: Path, given: Mapping[str, str]) -> Contained | None:
        """What a file holds, where all of it is in the record and nothing is given; else None. Raises OSError."""
        noted = None if given else self._record.contained(str(path))
        if noted is None or (noted.content_hash, noted.fields) != (file_hash(path), fields_for(path, self._said)):
            return None
        return noted if self._sources.keys() >= {*noted.uris} else None

    def _how(self, path: Path, given: Mapping[str, str]) -> Mapping[str, str]:
        fields = fields_for(path, self._said)
        return {**given, **({"fields": fields} if fields else {})}

    def _take_document(self, document: Document, given: Mapping[str, str]) -> FileRow:
        """As `_take`, for a document that was read already."""
        assert self._passage_words is not None  # without it no file is taken apart
        uri, content_hash = document.uri, document.content_hash
        known = self._sources.get(uri)
        self._mark_found(known)
        old = self._record.document(known[0]) if known else None
        before = old or self._record.past.removed_with(content_hash)
        about = {name: value for name, value in given_about(before).items() if name not in {*HOW_READ, *given}}
        document = as_decided(edited(document, about) if about else document, old)
        same = old and content_hash == old.content_hash and _told(document) == _told(old)
        if old and same and (outcome := self._known(old, given)):
            return FileRow(uri, outcome)
        if elsewhere := self._sources.of(content_hash, other_than=uri):
            if is_gone(Path(elsewhere)):
                self._record.move(self._sources[elsewhere][0], uri)
                self._sources[uri] = self._sources.pop(elsewhere)
                self._touched.add(folder_of(uri))
                return FileRow(uri, "moved", elsewhere)
            self._copies[uri] = content_hash
            return FileRow(uri, "duplicate", elsewhere)
        self._sources[uri] = (document.doc_id, content_hash)
        prepare = partial(prepare_document, document, self._passage_words)
        self._conveyor.take(Path(uri), partial(_guarded, Path(uri), prepare), old)
        return FileRow(uri, "updated" if old else "added")

    def _mark_found(self, known: tuple[str, str] | None) -> None:
        """Note that the file of a document that was taken back is there again."""
        if known and known[0] in self._restored:
            self._record.mark_found(known[0])
            self._restored.remove(known[0])

    def _known(self, old: Document, given: Mapping[str, str]) -> Outcome | None:
        """What becomes of a file with the bytes that it had; None when something else is given about it now."""
        if _holds(old, given):
            return "unchanged"
        if not _holds(old, {name: value for name, value in given.items() if name != "collection"}):
            return None
        # No part of what is embedded, so the file need not be read.
        self._record.collect(old.doc_id, given["collection"], {**old.origins, "collection": GIVEN_ORIGIN})
        return "updated"

    def _move(self, path: Path, from_uri: str, given: Mapping[str, str]) -> FileRow:
        """Keep the document of a file that lies elsewhere now; its vectors stay when nothing else changed."""
        old = self._record.document(self._sources[from_uri][0])
        replaced = self._sources.get(str(path))
        if replaced:
            self._record.remove([replaced[0]], replaced_by=self._sources[from_uri][0])
        prepared = _guarded(path, partial(self._prepare, path, {**given_about(old), **given} or None))
        prepared = self._with_day(prepared, as_decided(prepared.document, old))
        new = prepared.document
        same = old is not None and replace(new, uri=old.uri) == old
        if same and list(prepared.passages) == self._record.passages_of(new.doc_id):
            self._record.move(new.doc_id, new.uri)
            self._touched.add(folder_of(new.uri))
            self._sources[new.uri] = (new.doc_id, new.content_hash)
        else:
            self._put(prepared, old)
        self._sources.pop(from_uri, None)
        return FileRow(str(path), "moved", from_uri)

    def _decided(self, read: Read) -> Read:
        """What was read, with the day that its folder decides on where the document is in doubt."""
        document = self._folders.decided(as_decided(read.prepared.document, read.old))
        return replace(read, prepared=self._with_day(read.prepared, document))

    def _with_day(self, prepared: Prepared, document: Document) -> Prepared:
        """What is made of a document, where its day is another one now."""
        if document is prepared.document or self._passage_words is None:
            return prepared
        return prepare_document(document, self._passage_words)

    def _decide_earlier(self) -> None:
        """Date the documents that were in doubt before this run, where their folder decides now."""
        touched, self._touched = self._touched, set()
        words = self._passage_words
        if not touched or words is None:
            return
        for uri, doc_id in self._folders.in_doubt():
            old = self._record.document(doc_id) if folder_of(uri) in touched else None
            if old and (document := self._folders.decided(old)) is not old:
                self._conveyor.take(Path(uri), partial(prepare_document, document, words), old)
                self._rows[uri] = FileRow(uri, "updated")
        self._conveyor.finish()

    def _put(self, prepared: Prepared, old: Document | None) -> None:
        made = made_before(self._record, old) if old else {}
        self._keep(
            Read(prepared, old, made), embed_document(self._embedder, prepared.document, prepared.passages, made)
        )

    def _keep(self, read: Read, vectors: DocumentVectors) -> None:
        document = read.prepared.document
        embedding = Embedding(self._embedder.name, self._embedder.dimension)
        replaces = read.old.doc_id if read.old else None
        try:
            self._record.put(read.prepared, vectors.passages, vectors.sentences, embedding, replaces)
        except UnicodeEncodeError as error:
            self._failed(Path(document.uri), error)
            return
        self._embedded += vectors.embedded
        self._touched.add(folder_of(document.uri))
        self._sources[document.uri] = (document.doc_id, document.content_hash)


def _guarded(path: Path, read: Callable[[], T]) -> T:
    """What `read` gives; a fault of ours or of a parser must not keep the user's other files out."""
    try:
        return read()
    except (LoadError, LibraryError, OSError):
        raise
    except Exception as error:
        logger.exception("a file could not be prepared")
        raise LoadError(
            f"{str(path)!r} could not be read because of a fault in Dateline ({type(error).__name__}: {error}). "
            "Please report it; the other files are not affected."
        ) from error


def _told(document: Document) -> tuple[object, ...]:
    """What a container may say of a document in it, beside its bytes."""
    values = [getattr(document, name) for name in ("title", "outlet", "author", "published", "published_at", "address")]
    return *values, document.origins.get("fields")


def _holds(document: Document, given: Mapping[str, str]) -> bool:
    """Whether the document already has what is given now."""
    return given.items() <= given_about(document).items()


def lies_in(uri: str, folders: Collection[Path]) -> bool:
    """Whether a path is one of these or lies under one of them."""
    path = Path(uri)
    return not {path, *path.parents}.isdisjoint(folders)
