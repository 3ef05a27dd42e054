"""Files into the record: what is new, changed, unchanged, moved, a copy, or cannot be used."""

from __future__ import annotations

import logging
from collections import UserDict
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from index.conveyor import READERS, Conveyor, Read
from index.embed import Embedder
from index.errors import LoadError
from index.files import file_hash, is_gone
from index.gone import too_many_gone
from index.prepare import GIVEN_ORIGIN, Prepare, embed_document, given_about, made_before
from index.record import DocumentVectors, Embedding, Record
from index.records import Document, Failure, Prepared
from index.report import FileRow, Outcome, SyncReport

logger = logging.getLogger(__name__)


class Intake:
    """One run over files: takes each into the record and remembers what became of it."""

    def __init__(
        self,
        record: Record,
        embedder: Embedder,
        prepare: Prepare,
        suffixes: Collection[str],
        readers: int = READERS,
    ) -> None:
        self._record, self._embedder, self._prepare, self._suffixes = record, embedder, prepare, suffixes
        self._sources = Sources(record.sources())
        self._restored = record.restored()
        self._rows: dict[str, FileRow] = {}
        self._copies: dict[str, str] = {}
        """Content hash by the path of each duplicate."""
        self._embedded = 0
        made_of = partial(made_before, record)
        self._conveyor = Conveyor(embedder, self._read, made_of, self._keep, self._failed, readers)

    def take(self, path: Path, given: Mapping[str, str] | None = None) -> None:
        """Bring the record up to date with one file; a file that cannot be used leaves its document as it was.

        What has to be read may be in the record only after `finish`.
        """
        try:
            self._rows[str(path)] = self._take(path, given or {})
        except (LoadError, OSError) as error:
            self._failed(path, error)

    def finish(self) -> None:
        """Wait until the record holds all that was taken."""
        self._conveyor.finish()

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
            self._rows[uri] = FileRow(uri, "removed")

    def take_orphans(self, given: Mapping[str, str] | None = None) -> None:
        """Take the duplicates whose original has changed or gone during the run: theirs is now the only copy."""
        for uri, content_hash in list(self._copies.items()):
            if not self._sources.of(content_hash):
                self.take(Path(uri), given)
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
        if known and known[0] in self._restored:
            self._record.mark_found(known[0])
            self._restored.remove(known[0])
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
        self._conveyor.take(path, {**given_about(before), **given}, old)
        return FileRow(uri, "updated" if old else "added")

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
        prepared = self._read(path, {**given_about(old), **given})
        new = prepared.document
        same = old is not None and replace(new, uri=old.uri) == old
        if same and list(prepared.passages) == self._record.passages_of(new.doc_id):
            self._record.move(new.doc_id, new.uri)
            self._sources[new.uri] = (new.doc_id, new.content_hash)
        else:
            self._put(prepared, old)
        self._sources.pop(from_uri, None)
        return FileRow(str(path), "moved", from_uri)

    def _read(self, path: Path, given: Mapping[str, str]) -> Prepared:
        try:
            return self._prepare(path, given or None)
        except (LoadError, OSError):
            raise
        except Exception as error:
            # A fault of ours or of a parser must not keep the user's other files out.
            logger.exception("a file could not be prepared")
            raise LoadError(
                f"{str(path)!r} could not be read because of a fault in Dateline ({type(error).__name__}: {error}). "
                "Please report it; the other files are not affected."
            ) from error

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
        self._sources[document.uri] = (document.doc_id, document.content_hash)


class Sources(UserDict[str, tuple[str, str]]):
    """Id and content hash of the document of each path, also of those on their way; found by their hash, too."""

    def __init__(self, known: Mapping[str, tuple[str, str]]) -> None:
        self._before: dict[str, tuple[str, str] | None] = {}
        self._paths: dict[str, dict[str, None]] = {}
        super().__init__(known)
        self._before.clear()

    def __setitem__(self, uri: str, source: tuple[str, str]) -> None:
        self._before.setdefault(uri, self.data.get(uri))
        if uri in self.data:
            del self[uri]
        self._paths.setdefault(source[1], {})[uri] = None
        super().__setitem__(uri, source)

    def __delitem__(self, uri: str) -> None:
        del self._paths[self.data[uri][1]][uri]
        super().__delitem__(uri)

    def of(self, content_hash: str, other_than: str | None = None) -> str | None:
        """The first path with this content."""
        return next((uri for uri in self._paths.get(content_hash, ()) if uri != other_than), None)

    def back(self, uri: str) -> None:
        """What was known of a path before this run, since its file could not be used."""
        before = self._before.get(uri)
        if before is not None:
            self[uri] = before
        elif uri in self._before and uri in self:
            del self[uri]


def _holds(document: Document, given: Mapping[str, str]) -> bool:
    """Whether the document already has what is given now."""
    return given.items() <= given_about(document).items()


def lies_in(uri: str, folders: Collection[Path]) -> bool:
    """Whether a path is one of these or lies under one of them."""
    path = Path(uri)
    return not {path, *path.parents}.isdisjoint(folders)
