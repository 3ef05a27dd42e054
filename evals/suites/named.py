"""The suites by name: the sample reports' cases, planted documents, public data sets, or a file of the user's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from evals.opening import Opening
from evals.records import Suite
from evals.suites.cases import load_cases
from evals.suites.library import WrittenDocuments, folder_documents, library_documents
from evals.suites.questions import AnswerSuite
from index.errors import UserFacingError
from qa.settings import Settings

if TYPE_CHECKING:
    from evals.suites.rows import AnswerData

SEEDS = "seeds"
ANSWERS = ("squad2", "clapnq", "multihoprag")
POISON = "poison"
DOSSIERS, CLAIMS = "dossiers", "claims"
OTHERS = ("wice", "planted", "cranfield", "news_html", "times", "documents")
CODE = Path(__file__).resolve().parents[1]
SEED_CASES, SEED_DOCUMENTS = CODE / "cases" / "seeds.jsonl", CODE.parent / "seeds"
TIME_LABELS = CODE / "cases" / "times.jsonl"
POISON_FILES = CODE / "cases" / "poison"
DOSSIER_FILES = CODE / "dossiers"
DEFAULT_HALF = {DOSSIERS: "report", CLAIMS: "report"}
"""The half of a suite that is asked unless another is; all of the others."""
SEEDS_COMPARABLE = (
    "With nothing in the literature: the reports and the questions are this project's own. The tutorial's chain on the "
    "same questions, models and machine is the system `baseline`."
)


def open_suite(
    name: str, *, settings: Settings, opening: Opening, documents: Path | None = None, data: Path | None = None
) -> Suite:
    """The suite called `name`, or the cases in the file of that path.

    Args:
        documents: Folder that a file of cases asks about; the user's library when None.
        data: Folder of the public data sets.

    Raises:
        UserFacingError: If there is no such suite, or its cases or documents cannot be read.
    """
    if name == SEEDS:
        found = folder_documents(documents or SEED_DOCUMENTS)
        return AnswerSuite(SEEDS, load_cases(SEED_CASES), found, SEEDS_COMPARABLE, opening=opening)
    if name == POISON:
        from evals.suites.poison import PoisonSuite
        from evals.suites.poisoned import read_poisoned

        return PoisonSuite(read_poisoned(POISON_FILES), opening)
    if name in (DOSSIERS, CLAIMS):
        from evals.suites.claims import ClaimsSuite
        from evals.suites.dossier import read_dossiers
        from evals.suites.dossiers import DossierSuite

        dossiers = read_dossiers(DOSSIER_FILES)
        return DossierSuite(dossiers, opening) if name == DOSSIERS else ClaimsSuite(dossiers, opening)
    if name in (*ANSWERS, *OTHERS):
        return _public(name, _require_data(name, data), opening)
    if name.endswith(".jsonl") or Path(name).is_file():
        cases = load_cases(name)
        asked_about = folder_documents(documents) if documents else library_documents(settings, opening)
        return AnswerSuite(Path(name).stem, cases, asked_about, opening=opening)
    known = ", ".join([SEEDS, POISON, DOSSIERS, CLAIMS, *ANSWERS, *OTHERS])
    raise UserFacingError(
        f"There is no suite {name!r}. There are: {known}, or give a file of cases, a JSON object a line, that ends in "
        ".jsonl."
    )


def _public(name: str, data: Path, opening: Opening) -> Suite:
    # Here, so that reading one set needs nothing that only another one does.
    if name in ANSWERS:
        from evals.suites import clapnq, multihoprag, squad2

        readers: dict[str, Callable[[Path], AnswerData]] = {
            "squad2": squad2.read_squad2,
            "clapnq": clapnq.read_clapnq,
            "multihoprag": multihoprag.read_multihoprag,
        }
        read = readers[name](data)
        # SQuAD's way of scoring a question without an answer: the empty answer is the right one.
        cases = tuple(case if case.answerable else replace(case, answers=("",)) for case in read.cases)
        return AnswerSuite(
            name, cases, WrittenDocuments(read.documents), read.comparable, relevant="document", opening=opening
        )
    if name == "planted":
        from evals.suites.planted import read_planted

        return replace(read_planted(data, folder_documents(SEED_DOCUMENTS).files), opening=opening)
    if name == "times":
        from evals.suites.times import read_times

        return read_times(data, TIME_LABELS)
    from evals.suites import cranfield, news_html, wice
    from evals.suites import files as documents

    if name == "wice":
        return replace(wice.read_wice(data), opening=opening)
    if name == "cranfield":
        return replace(cranfield.read_cranfield(data), open_embedder=opening.open_embedder)
    return news_html.read_news_html(data) if name == "news_html" else documents.read_documents(data)


def _require_data(name: str, data: Path | None) -> Path:
    if data is None:
        raise UserFacingError(
            f"The suite {name!r} reads a public data set, which is not part of Dateline. Give the folder that holds "
            f"{name}/ with --data FOLDER."
        )
    if not data.is_dir():
        raise UserFacingError(f"There is no folder {str(data)!r}. Give the folder of the public data with --data.")
    return data
