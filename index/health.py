"""Whether one record is as it was written."""

from __future__ import annotations

from index.access import Access
from index.database import reading
from index.errors import LibraryDamagedError
from index.integrity import check_documents
from index.records import Document
from index.rows import read_what_is_left
from index.tables import Damage


class Health:
    """Looks over one record."""

    def __init__(self, record: Access) -> None:
        self._record = record

    def damage(self) -> list[Damage]:
        """What of the record is not as it was written; empty when it is whole. Reads everything."""
        try:
            with reading(self._record.place):
                return self._damage()
        except LibraryDamagedError as error:
            return [Damage(str(error.__cause__), file=True)]

    def _damage(self) -> list[Damage]:
        found = self._record.database.damage()
        if found is None or any(one.file for one in found):
            return found or []
        self._record.generation()
        if self._record.embedding() is None and self._record.read("SELECT 1 FROM passages LIMIT 1"):
            return [Damage("what made its vectors is not known", file=True)]
        with self._record.database.session() as db:
            return [*found, *check_documents(db)]

    def damaged_document(self, doc_id: str) -> tuple[Document, bool]:
        """The document with this id without those of its details that are damaged, and whether its text is whole."""
        with reading(self._record.place):
            return read_what_is_left(self._record.database.row_as_bytes(doc_id))
