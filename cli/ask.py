"""`dateline ask` and `dateline search`."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from cli.common import State, open_library_to_read
from cli.filters import AsOf, Collections, Documents, Outlets, Since, Until, read_as_of, read_filter, tell_scope
from cli.save import Force, Save, read_targets, save
from index.errors import UserFacingError

if TYPE_CHECKING:
    from rich.console import Console

    from cli.save import Target
    from qa.export.prompts import PromptLog
    from qa.records import Answer, Event, EvidenceFound, Hit, Question
    from qa.session import Session


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question; - reads it from standard input.")],
    *,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    outlet: Outlets = None,
    collection: Collections = None,
    document: Documents = None,
    unsupported: Annotated[
        Literal["mark", "withhold", "quote"] | None,
        typer.Option(help="What becomes of sentences that are not borne out.", show_default="as set"),
    ] = None,
    min_likelihood: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Decline under this probability that the documents answer.", show_default="as set"
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON and nothing else.")] = False,
    save_to: Save = None,
    force: Force = False,
) -> None:
    """Answer a question from the documents, every sentence with the passage it rests on."""
    from cli.bars import fetch_bar
    from cli.show import console
    from qa.question.read import check_question
    from qa.records import Question

    state: State = context.obj
    chosen, then = read_filter(since, until, outlet, collection, document), read_as_of(as_of)
    asked = Question(
        check_question(_read(question)),
        as_of=then,
        filter=chosen,
        unsupported=unsupported,
        min_likelihood=min_likelihood,
    )
    targets = read_targets(save_to, force=force)
    settings = state.settings()
    with open_library_to_read(settings) as library:
        library.require_documents()  # told before a model is opened for nothing
    out = console()
    with _status(f"Opening the library and {settings.model}…"), fetch_bar() as on_progress:
        session = state.open_session(settings, on_progress)
    with session:
        _answer_and_save(session, asked, out, targets, json=json)


def _answer_and_save(session: Session, asked: Question, out: Console, targets: Sequence[Target], *, json: bool) -> None:
    """Shown first: whatever becomes of the files, the answer is not lost."""
    from qa.export.prompts import PromptLog
    from qa.export.records import export_of

    asked_at, log = datetime.now().astimezone(), PromptLog()
    answer, evidence = _answer(session, asked, None if json or not out.is_terminal else out, log)
    _show(answer, asked, out, json=json)
    if targets:
        made = export_of(
            session.library, session.settings, asked, answer, evidence, asked_at=asked_at, prompts=log.prompts
        )
        save(targets, [made])


def _show(answer: Answer, asked: Question, out: Console, *, json: bool) -> None:
    from cli.show import print_answer, print_json, to_plain_data
    from index.dates.times import shown_date

    then = asked.as_of
    if json:
        print_json({"text": answer.text} | to_plain_data(answer) | {"as_of": then, "filter": asked.scope})
        return
    if then:
        out.print(f"As of {shown_date(then.isoformat())}:", style="dim")
    print_answer(out, answer, then or date.today())


def search(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="Words or a question; - reads them from standard input.")],
    *,
    k: Annotated[int, typer.Option("-k", min=1, max=80, help="Passages at most.")] = 8,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    outlet: Outlets = None,
    collection: Collections = None,
    document: Documents = None,
    json: Annotated[bool, typer.Option("--json", help="Print the passages as JSON and nothing else.")] = False,
) -> None:
    """Show the passages found for some words, with their rank in each search; no model is asked."""
    from cli.bars import fetch_bar
    from cli.show import console, print_json
    from qa.find.retrieve import retrieve
    from qa.question.read import check_question

    state: State = context.obj
    chosen = read_filter(since, until, outlet, collection, document).known_by(read_as_of(as_of))
    text = check_question(_read(words))
    with fetch_bar() as on_progress:
        library = state.open_library(state.settings(), on_progress)
    with library:
        everything = library.count_documents()
        if not everything:
            raise UserFacingError(
                f"The library in {str(library.folder)!r} holds no documents, so there is nothing to search. "
                "Add some first: dateline add FOLDER"
            )
        matching = library.matching(chosen)
        hits = retrieve(library, text, library.embedder.encode([text])[0], k, matching.doc_ids)
    if json:
        found = {"query": text, "filter": chosen, "documents": matching.documents, "problems": matching.problems}
        print_json(found | {"passages": [_hit_data(hit) for hit in hits]})
        return
    tell_scope(chosen, matching, everything)
    _print_hits(console(), hits)


def _read(text: str) -> str:
    """The argument, or for `-` what comes on standard input, as UTF-8."""
    try:
        # Bytes, since Python lets bytes that are no character pass as surrogates in both places.
        return sys.stdin.buffer.read().decode("utf-8") if text == "-" else os.fsencode(text).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserFacingError(f"The question is not UTF-8 text ({error.reason}). Convert it first.") from error


def _tell_slow(why: str) -> None:
    print(f"{why} Without a model the best passages come at once: dateline --model none ask …", file=sys.stderr)


def _answer(
    session: Session, question: Question, out: Console | None, log: PromptLog
) -> tuple[Answer, EvidenceFound | None]:
    """The answer and what was found for it; shown on `out`, when given, as it is written, and taken away again."""
    from rich.live import Live
    from rich.text import Text

    from cli.show import plain
    from qa.records import Answer, EvidenceFound

    written, attempt, live, evidence = "", 1, None, None
    asking = session.chain.stream(question, {"callbacks": [log]}, on_slow=_tell_slow)
    try:
        with closing(cast("Generator[Event]", asking)) as events:
            for event in events:
                if isinstance(event, Answer):
                    return event, evidence
                if isinstance(event, EvidenceFound):
                    evidence = event
                    _show_evidence(event)
                    if event.citations:
                        # Restores what every prompt begins with from disk, once the evidence is on screen.
                        session.chain.warm(_tell_slow)
                elif out is not None:
                    written = (written if event.attempt == attempt else "") + event.text
                    attempt = event.attempt
                    if live is None:
                        live = Live(console=out, transient=True)
                        live.start()
                    live.update(Text(plain(written), style="dim"))
    finally:
        if live:
            live.stop()
    raise RuntimeError("the chain ended without an answer")


def _show_evidence(event: EvidenceFound) -> None:
    from cli.show import count

    if sys.stderr.isatty() and event.citations:
        documents = len({citation.doc_id for citation in event.citations})
        print(
            f"Reading {count(len(event.citations), 'sentence')} from {count(documents, 'document')}…", file=sys.stderr
        )


@contextmanager
def _status(text: str) -> Iterator[None]:
    from cli.bars import stderr_console

    console = stderr_console()
    if not console.is_terminal:
        yield
        return
    print(f"{text}\r", end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        print("\033[2K", end="", file=sys.stderr, flush=True)


def _hit_data(hit: Hit) -> dict[str, object]:
    document, passage = hit.document, hit.passage
    return {
        "passage_id": passage.passage_id,
        "doc_id": document.doc_id,
        "uri": document.uri,
        "title": document.title,
        "outlet": document.outlet,
        "published": document.published,
        "collection": document.collection,
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": hit.score,
        "ranks": dict(hit.ranks),
    }


def _print_hits(out: Console, hits: list[Hit]) -> None:
    from cli.show import one_line, plain, print_indented

    for number, hit in enumerate(hits, 1):
        document, passage = hit.document, hit.passage
        ranks = ", ".join(f"{name} {rank}" for name, rank in sorted(hit.ranks.items()))
        when = document.published.isoformat() if document.published else "no date"
        if number > 1:
            out.print()
        out.print(
            f"{number}. {one_line(document.title)}  {one_line(document.outlet or 'no outlet')}, {when}", style="bold"
        )
        print_indented(out, one_line(passage.text), 3)
        page = f", page {passage.page}" if passage.page else ""
        out.print(
            f"   {plain(document.uri)}{page}, characters {passage.start} to {passage.end}; rank: {ranks}", style="dim"
        )
