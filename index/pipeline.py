"""The library: documents in, passages found. Start here; `open_library` is the way in.

A file is read, dated, cut and embedded (`prepare.py`, `intake.py`), kept whole in the record (`record.py`), as an old
version once another takes its place (`past.py`), and followed by the search engine (`engine.py`). What can be asked is
in `reading.py`. A kill at any point leaves the record whole, and the next open finishes the rest.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from index.agreed import Folders
from index.conveyor import READERS
from index.edit import as_read, edited
from index.embed import Embedder
from index.engine import OpenEngine
from index.errors import LibraryDamagedError, LibraryError
from index.fields import note_fields
from index.files import absolute, find_files
from index.filters import collection_name, find_document
from index.intake import Intake
from index.local import LocalEngine
from index.lock import LOCK_WAIT_S, write_lock
from index.mend import keep_whole, salvage
from index.prepare import Prepare, embed_document, keep_with, prepare_with
from index.reading import Reading
from index.record import FILE, DocumentVectors, OpenRecord, Record
from index.records import Document, DocumentState, Failure
from index.report import FileRow, SyncReport
from index.reprints import signature
from index.sqlite import SQLiteFile
from index.watch import present

if TYPE_CHECKING:
    from index.cluster import Cluster

logger = logging.getLogger(__name__)

OnProgress = Callable[[int, int, str], None]
"""Called with the files done, the files in all, and the path of the one that comes next or was last."""
KEEP_REMOVED = timedelta(days=30)
"""How long a removed document can be taken back."""
LISTED = "`dateline restore` lists those that can be taken back"


def open_library(
    path: str | Path,
    embedder: Embedder,
    *,
    passage_words: int = 120,
    for_rebuild: bool = False,
    prepare: Prepare | None = None,
    suffixes: Collection[str] | None = None,
    keep_versions_days: int | None = None,
    open_engine: OpenEngine = LocalEngine,
    open_record: OpenRecord = Record,
) -> Library:
    """The library in the folder `path`, made there if there is none; what a kill left unfinished is finished.

    Args:
        path: Its folder. A read-only one can be asked, not written.
        embedder: Must be the one that made the vectors.
        passage_words: Words in a passage, at most, for documents that are read from now on.
        for_rebuild: Open also with another embedder, to `rebuild`.
        prepare: Reads one file; the package's own unless given.
        suffixes: Endings of the files that `prepare` can read.
        keep_versions_days: How long the old texts of changed files are kept; without end when None.
        open_engine: Opens what searches the passages.
        open_record: Opens what keeps the documents.

    Raises:
        EmbedderMismatchError: If another embedder made the vectors.
        LibraryError: If the folder cannot be made, its record cannot be read, or the engine cannot be opened.
    """
    folder = absolute(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"The folder {str(folder)!r} for the library cannot be made ({error.strerror}). "
            "Set DATELINE_LIBRARY to a folder that you may write."
        ) from error
    if suffixes is None:
        from index.load import SUFFIXES

        suffixes = SUFFIXES
    salvaged: tuple[list[str], list[Failure]] = ([], [])
    try:
        record = open_record(folder, writable=os.access(folder, os.W_OK))
    except LibraryDamagedError:
        if not for_rebuild or not (folder / FILE).is_file():
            raise
        with write_lock(folder):
            salvaged = salvage(folder, keep_with(embedder, passage_words))
        record = Record(folder)
    keep = None if keep_versions_days is None else timedelta(days=keep_versions_days)
    try:
        library = Library(folder, record, embedder, prepare, suffixes, passage_words, keep, open_engine)
    except BaseException:
        record.close()
        raise
    library.salvaged = salvaged
    try:
        if not for_rebuild:
            library.check_embedder()
        with suppress(LibraryDamagedError) if for_rebuild else nullcontext():  # which the rebuild is to mend
            library.heal()
    except BaseException:
        library.close()
        raise
    return library


class Library(Reading):
    """Documents that can be added, followed, edited, removed and searched."""

    def __init__(
        self,
        folder: Path,
        record: Record,
        embedder: Embedder,
        prepare: Prepare | None,
        suffixes: Collection[str],
        passage_words: int,
        keep_versions: timedelta | None = None,
        open_engine: OpenEngine = LocalEngine,
    ) -> None:
        super().__init__(folder, record, embedder, open_engine)
        self._open_engine = open_engine
        self._prepare, self.suffixes = prepare or prepare_with(passage_words), suffixes
        self._passage_words = passage_words
        self._reads_itself = prepare is None
        self._keep_versions = keep_versions
        self.salvaged: tuple[list[str], list[Failure]] = ([], [])
        """What opening a damaged record kept and lost, for the rebuild that it was opened for to tell."""

    def add(
        self,
        paths: Sequence[str | Path],
        on_progress: OnProgress | None = None,
        given: Mapping[str, str] | None = None,
        *,
        fields: Mapping[str, str] | None = None,
        cluster: Cluster | None = None,
    ) -> SyncReport:
        """Take in files, and all files under folders; nothing is removed but what an archive no longer holds.

        Args:
            paths: Files and folders; hidden files in a folder are passed over.
            on_progress: Called before each file and after the last.
            given: Title, outlet, author, published (ISO date) or collection of every one of these files, which come
                before what the files say and outlive their changes.
            fields: Which fields of JSON records hold what, see `index.fields`; kept for these paths.
            cluster: Whose workers read and embed the files, in the place of this process, which alone writes.

        Raises:
            LibraryBusyError: If another process is writing.
            LibraryError: If the record cannot be written, or the cluster is lost; what was taken before stays. If the
                collection has no fit name, or fields are named of what holds none; then nothing is added.
        """
        if given and "collection" in given:
            given = {**given, "collection": collection_name(given["collection"])}
        return self._run(paths, on_progress, given, remove=False, fields=fields, cluster=cluster)

    def sync(
        self,
        paths: Sequence[str | Path] | str | Path,
        on_progress: OnProgress | None = None,
        *,
        remove: int = 0,
        collection: str | None = None,
        only: Collection[Path] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> SyncReport:
        """Make the library follow folders: as `add`, and documents whose files are gone from them are removed.

        A folder that is itself missing is reported as failed and removes nothing: its disk may be unplugged. So is
        one out of which so many files are gone at once that it may be the empty place of a disk, see `index.gone`.

        Args:
            paths: Folders, and files, which are taken in as by `add`.
            on_progress: As in `add`.
            remove: How many documents may go where that is too many to remove unasked: the number that was told.
            collection: The name to keep all of them under.
            only: Absolute paths under the folders that may have changed, where that is known: nothing else is read.
            fields: As in `add`.
        """
        roots = [paths] if isinstance(paths, str | Path) else paths
        given = {"collection": collection_name(collection)} if collection is not None else None
        return self._run(roots, on_progress, given, remove=True, confirmed=remove, only=only, fields=fields)

    def edit(self, target: str, given: Mapping[str, str] | None = None, forget: Collection[str] = ()) -> Document:
        """Set right what is known about a document, named as in `remove`; what is given outlives changes of its file.

        Args:
            target: Its id, the first digits of it, or its path.
            given: As in `add`.
            forget: Names of fields that were given, and are to be again what the file says. The file is read for it.

        Raises:
            LibraryError: If it is unknown, or a value or name does not fit; then nothing is changed.
            LoadError: If the file must be read and cannot be.
        """
        with self._writing():
            self.check_embedder()
            found = self._record.document(find_document(target, self.facts(), "nothing was changed").doc_id)
            if found is None:
                raise LibraryError(f"{target!r} was removed meanwhile. `dateline list` shows what is there.")
            wanted = edited(found, given or {})
            if forget:
                wanted = Folders(self._record).decided(as_read(wanted, forget, self._prepare))
            if wanted != found:
                keep_with(self.embedder, self._passage_words, reuse=True)(self._record, wanted)
            self._settle()
        return wanted

    def remove(self, targets: Sequence[str], *, for_good: bool = False) -> tuple[str, ...]:
        """Remove documents, named by id, by the first digits of an id, or by path; gives their paths.

        They can be taken back for 30 days with `restore`, unless they are to go `for_good`, with all old versions.

        Raises:
            LibraryError: If one is unknown or stands for several; then none is removed.
        """
        with self._writing():
            facts = self.facts()
            found = [find_document(target, facts, "none was removed") for target in targets]
            chosen = {one.doc_id: one.uri for one in found}
            self._record.remove(chosen, for_good=for_good)
            self._settle()
        return tuple(chosen.values())

    def restore(self, targets: Sequence[str], on_progress: OnProgress | None = None) -> tuple[str, ...]:
        """Take back removed documents, named as in `remove`, with all that was given by hand; gives their paths.

        They stay, though their files may be gone, until these have been there once more.

        Raises:
            LibraryError: If one is not among the removed or stands for several; then none is taken back. If another
                document has come into the place of one; then those before it are.
        """
        with self._writing():
            self.check_embedder()
            there = {one.document.doc_id: one.document for one in self._record.past.removed()}
            facts = [document.facts for document in there.values()]
            found = [find_document(target, facts, "none was taken back", LISTED) for target in targets]
            chosen = list(dict.fromkeys(one.doc_id for one in found))
            for done, doc_id in enumerate(chosen):
                (on_progress or _silent)(done, len(chosen), there[doc_id].uri)
                self._restore(there[doc_id])
            self._settle()
        return tuple(there[doc_id].uri for doc_id in chosen)

    def rebuild(self, on_progress: OnProgress | None = None) -> SyncReport:
        """Mend what is damaged, make all vectors anew when another embedder is set, and the engine's copy in any case.

        All is made from the texts in the record; a file is read only where its own text there is damaged. A kill
        leaves the library as it was before.

        Returns:
            As changed, the documents whose vectors were made anew; as failed, those that could not be mended.
        """
        began = time.perf_counter()
        with self._writing():
            mended, failed = self._mend()
            states = self._record.documents()
            stale = self._record.embedding() not in (None, self._embedding())
            if stale:
                made = self._embed_again(states, on_progress or _silent)
                self._record.replace_vectors(self._embedding(), made)
            self._engine.rebuild()
            self._settle()
        anew = [state for state in states if stale or state.document.uri in mended]
        rows = [FileRow(one.document.uri, "updated" if one in anew else "unchanged") for one in states]
        rows += [FileRow(failure.uri, "failed", reason=failure.reason) for failure in failed]
        embedded = sum(state.passages for state in anew)
        return SyncReport(tuple(rows), embedded, time.perf_counter() - began)

    def _mend(self) -> tuple[list[str], list[Failure]]:
        """Paths of the documents that were made anew because they were damaged, and what could not be mended."""
        damage, (kept, failed), self.salvaged = self._record.health.damage(), self.salvaged, ([], [])
        if not damage:
            return kept, failed
        keep = keep_with(self.embedder, self._passage_words)
        if not any(one.file for one in damage) and self._record.embedding() in (None, self._embedding()):
            with suppress(LibraryDamagedError):
                self._record.mend_parts()
                for doc_id in [one.doc_id for one in damage if one.doc_id is not None]:
                    keep_whole(self._record, *self._record.health.damaged_document(doc_id), keep, kept, failed)
                self._record.mend_parts()
                if not self._record.health.damage():
                    return kept, failed
        if not isinstance(self._record.database, SQLiteFile):
            raise LibraryError(
                f"The record {self._record.place!r} is damaged ({damage[0].what}), and only what is left of a file of "
                "SQLite is read by Dateline. Restore the database from what `pg_dump` wrote with `pg_restore`, or add "
                "your folders again with `dateline add` under another DATELINE_LIBRARY."
            )
        self.close()
        kept, more = salvage(self.folder, keep)
        self._record = Record(self.folder)
        self._engine = self._open_engine(self.folder, self._record)
        return kept, [*failed, *more]

    def heal(self) -> None:
        """Finish what a kill left; when that is not possible now, searches go to the record and stay right."""
        if not self._record.writable or not (self._record.pending() or self._engine.is_behind()):
            return
        try:
            with self._writing(wait_s=0.0):
                self._settle()
        except LibraryError as error:
            logger.warning("unfinished work is left for later: %s", error)

    def _run(
        self,
        paths: Sequence[str | Path],
        on_progress: OnProgress | None,
        given: Mapping[str, str] | None,
        *,
        remove: bool,
        confirmed: int = 0,
        only: Collection[Path] | None = None,
        fields: Mapping[str, str] | None = None,
        cluster: Cluster | None = None,
    ) -> SyncReport:
        began, report_progress = time.perf_counter(), on_progress or _silent
        with self._writing():
            self.check_embedder()
            if fields:
                note_fields(self._record, paths, fields)
            found = find_files(paths if only is None else present(only, paths, self.folder), leave_out=self.folder)
            met, total = 0, len(found.files)

            def progress(path: Path) -> None:
                report_progress(max(0, met - intake.waiting), total, str(path))

            with closing(self._intake(cluster, progress)) as intake:
                for failure in found.failed:
                    intake.fail(failure)
                intake.foresee(found.files, given)
                for path in found.files:
                    progress(path)
                    intake.take(path, given)
                    met += 1
                intake.finish()
                if remove:
                    intake.remove_gone([root for root in map(absolute, paths) if root.is_dir()], confirmed, only)
                intake.take_orphans(given)
            try:
                self._settle()
            except LibraryError as error:
                # The documents are kept and found; only the search engine lags.
                intake.fail(Failure(str(self.folder), str(error)))
            if found.files:
                report_progress(len(found.files), len(found.files), str(found.files[-1]))
        return intake.report(time.perf_counter() - began)

    def _intake(self, cluster: Cluster | None, on_done: Callable[[Path], None]) -> Intake:
        # Who gives a `prepare` has it called in one thread, a file at a time.
        readers, words = (READERS, self._passage_words) if self._reads_itself else (1, None)
        return Intake(self._record, self.embedder, self._prepare, self.suffixes, readers, words, cluster, on_done)

    def _restore(self, document: Document) -> None:
        if other := self._record.document_by_uri(document.uri):
            raise LibraryError(
                f"{document.uri!r} holds another document now, {other.title!r}, so {document.title!r} cannot be taken "
                f"back into its place. Remove that one first: dateline remove {other.doc_id[:8]}"
            )
        keep_with(self.embedder, self._passage_words, restored=True)(self._record, document)

    def _settle(self) -> None:
        """Forget what was removed long ago and make the engine follow the record; after that no document is pending."""
        now, keep = datetime.now(UTC), self._keep_versions
        self._record.past.forget((now - KEEP_REMOVED).isoformat(), None if keep is None else (now - keep).isoformat())
        self._record.sign(signature)
        self._engine.follow()
        if pending := self._record.pending():
            self._record.mark_ready(pending)

    def _embed_again(self, states: Sequence[DocumentState], on_progress: OnProgress) -> Iterator[DocumentVectors]:
        for done, state in enumerate(states):
            on_progress(done, len(states), state.document.uri)
            yield embed_document(self.embedder, state.document, self._record.passages_of(state.document.doc_id))

    @contextmanager
    def _writing(self, wait_s: float = LOCK_WAIT_S) -> Iterator[None]:
        """Hold the library's write lock."""
        self._record.require_writable()
        with self._record.database.write_lock(wait_s):
            yield


def _silent(done: int, total: int, uri: str) -> None:
    """No progress is shown."""
