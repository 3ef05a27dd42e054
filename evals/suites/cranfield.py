"""Cranfield: 225 questions of engineers, 1,400 abstracts, and how relevant each is to each.

Grades in qrels.tsv run from 4, a complete answer, over 3 and 2 down to 1, of least interest; that is the published
file's code turned round, where 1 is the complete answer. What is not listed is not relevant, as is a grade of 0 or
less. The published file also has 225 judgements "of no interest" (-1), one a query; in the data at hand they have the
grade 1, the last line of each query, and count as relevant here too, so that the numbers stay those of this file.
They are found easily: without them nDCG@10 is about 0.06 lower for each system.

Source: Cleverdon, "The Cranfield tests on index language devices" (1967).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from evals.digest import digest_of
from evals.measures.ranking import DEPTH, ranking_measures
from evals.opening import real_opening
from evals.records import Ask, Item, Result
from evals.suites.cases import Words
from evals.suites.library import SuiteDocument, WrittenDocuments, open_written_library, suite_settings
from evals.suites.rows import Row, Text, find_set, read_rows
from evals.systems import RANKING, rank_passages
from index.embed import Embedder
from index.errors import UserFacingError
from index.pipeline import Library, OnProgress
from qa.settings import Settings

NAME = "cranfield"
CORPUS, QUERIES, JUDGEMENTS = "corpus.jsonl", "queries.jsonl", "qrels.tsv"
PASSAGES = 100
"""Passages that are ranked, so that ten documents are among them; an abstract has at most some six."""
COMPARABLE = (
    "nDCG@10 with other runs over the same 225 queries and these graded judgements: BM25 is said to reach about 0.39 "
    "there. Grade 1 holds 225 judgements that the published file calls of no interest; a run that leaves them out is "
    "lower by about 0.06. Not with runs that judge relevance as yes or no, nor with larger collections. The abstracts "
    "are short and without names and dates, so that what Dateline does with those does not show."
)


class _Abstract(Row):
    id: Words = Field(alias="_id")
    title: str
    text: str
    author: str | None = None


class _Query(Row):
    id: Words = Field(alias="_id")
    text: Text


@dataclass(frozen=True, slots=True)
class CranfieldSuite:
    """One case a query; what is measured is where the relevant abstracts stand, each by its best passage."""

    items: tuple[Item, ...]
    documents: tuple[SuiteDocument, ...]
    relevant: Mapping[str, Mapping[str, int]]
    """By query, the grade of each judged abstract by its id."""
    sha256: str
    open_embedder: Callable[[Settings], Embedder] = field(default_factory=lambda: real_opening().open_embedder)
    name: str = NAME
    systems: tuple[str, ...] = RANKING
    comparable: str = COMPARABLE

    @contextmanager
    def open(
        self, systems: Sequence[str], settings: Settings, items: Sequence[Item], on_progress: OnProgress | None = None
    ) -> Iterator[Mapping[str, Ask]]:
        """All systems search one library, which is made at the first run and kept in the cache."""
        suited = suite_settings(settings, WrittenDocuments(self.documents).sha256)
        with open_written_library(self.documents, suited, self.open_embedder(settings), on_progress) as library:
            # The id of an abstract is the name of its file.
            names = {state.document.doc_id: Path(state.document.uri).stem for state in library.documents()}
            for name in systems:
                rank_passages(name, library, "warm", 1)
            yield {name: self._asker(name, library, names) for name in systems}

    def _asker(self, system: str, library: Library, names: Mapping[str, str]) -> Ask:
        def ask(item: Item) -> Result:
            began = time.perf_counter()
            passages = rank_passages(system, library, item.question, PASSAGES)
            seconds = time.perf_counter() - began
            # A document stands where its best passage does.
            ranked = list(dict.fromkeys(names[passage_id.rpartition(":")[0]] for passage_id in passages))[:DEPTH]
            relevant = self.relevant.get(item.id, {})
            shown = {
                "ranked": [{"document": name, "grade": relevant.get(name)} for name in ranked],
                "relevant": dict(sorted(relevant.items(), key=lambda one: -one[1])),
            }
            return Result(system, item, ranking_measures(ranked, relevant), shown=shown, seconds={"evidence": seconds})

        return ask


def read_cranfield(folder: Path) -> CranfieldSuite:
    """The collection in `folder`/cranfield, or in `folder` itself.

    Two abstracts have no text; they are left out of the library, and judgements of them stay: they cannot be found.

    Raises:
        UserFacingError: If a file is missing, or a line does not fit.
    """
    root = find_set(folder, NAME, CORPUS)
    documents = tuple(
        SuiteDocument(f"{row.id}.txt", row.title, row.text, author=row.author or None)
        for _, row in read_rows(root / CORPUS, _Abstract)
        if row.text.strip()
    )
    items = tuple(Item(row.id, "query", row.text) for _, row in read_rows(root / QUERIES, _Query))
    relevant = _read_judgements(root / JUDGEMENTS)
    return CranfieldSuite(items, documents, relevant, digest_of(repr(documents), repr(items), repr(relevant)))


def _read_judgements(path: Path) -> dict[str, dict[str, int]]:
    """Grades above 0 by query and document. The first line names the columns."""
    judged: dict[str, dict[str, int]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserFacingError(f"{str(path)!r} cannot be read ({error}). Get the data set anew.") from error
    for number, line in enumerate(lines[1:], 2):
        try:
            query, document, grade = line.split("\t")
            if int(grade) > 0:
                judged.setdefault(query, {})[document] = int(grade)
        except ValueError as error:
            raise UserFacingError(
                f"{path.name}, line {number}: {line!r} is not a query, a document and a whole number, with tabs "
                "between. Correct that line, or get the data set anew."
            ) from error
    return judged
