"""Real text for the bench: a folder of the user's, or the texts of the public sets; and questions to ask of it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import UserFacingError
from index.load.text import decode_text
from index.records import Prepared
from qa.english.words import STOP_WORDS, words_of

PLAIN = frozenset({".txt", ".text", ".md", ".markdown"})
TITLE_MARK = "(meta data) TITLE: "
"""How wice marks a page's title among its sentences."""
QUESTION_WORDS = 6


@dataclass(frozen=True, slots=True)
class Text:
    """A document's text, before it is one."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts, each once, and questions that someone wrote about them, if there are any."""

    source: str
    """The folder, and what of it was read."""
    texts: tuple[Text, ...]
    questions: tuple[str, ...] = ()
    passed_over: int = 0
    """Lines of JSON without a field `text`."""


def read_folder(folder: Path) -> Corpus:
    """The plain texts and the JSON lines (fields `text` and `title`) in a folder.

    Raises:
        UserFacingError: If it is missing, holds no text, or a line is no JSON object.
    """
    _require(folder, "--texts")
    texts: list[Text] = []
    passed_over = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        if path.suffix.lower() in PLAIN:
            text = decode_text(path.read_bytes(), path)
            texts.append(Text(text.strip().partition("\n")[0][:200] or path.stem, text))
        elif path.suffix.lower() == ".jsonl":
            for line in _lines(path):
                if isinstance(line.get("text"), str):
                    texts.append(Text(str(line.get("title") or path.stem), line["text"]))
                else:
                    passed_over += 1
    return _corpus(str(folder), texts, (), passed_over)


def read_public(folder: Path) -> Corpus:
    """The texts of squad2, clapnq, wice and cranfield in the folder of the public sets, and squad2's questions.

    Raises:
        UserFacingError: If it is missing or holds none of them.
    """
    _require(folder, "--data")
    texts: list[Text] = []
    read = []
    for name, texts_of in (("squad2", _squad2), ("clapnq", _clapnq), ("wice", _wice), ("cranfield", _cranfield)):
        if (folder / name).is_dir():
            texts += texts_of(folder / name)
            read.append(name)
    asked = folder / "squad2" / "questions.jsonl"
    questions = [str(line["question"]).strip() for line in _lines(asked)] if asked.is_file() else []
    return _corpus(f"{folder} ({', '.join(read) or 'nothing'})", texts, questions, 0)


def choose_questions(corpus: Corpus, prepared: Sequence[Prepared], count: int, seed: int) -> tuple[str, ...]:
    """`count` different questions, or as many as there are: the corpus's own, else made of titles and sentences."""
    chance = random.Random(seed)
    if corpus.questions:
        return tuple(chance.sample(corpus.questions, min(count, len(corpus.questions))))
    made: dict[str, None] = {}
    order = [(each, span) for each in prepared for passage in each.passages for span in passage.sentences]
    chance.shuffle(order)
    for each, (start, end) in order:
        words = [word for word in words_of(each.document.text[start:end]) if word not in STOP_WORDS]
        if len(words) >= 3:
            made[f"What does {each.document.title[:80]} say of {' '.join(words[:QUESTION_WORDS])}?"] = None
        if len(made) == count:
            break
    return tuple(made)


def _corpus(source: str, texts: Sequence[Text], questions: Sequence[str], passed_over: int) -> Corpus:
    once = {text.text: text for text in texts if text.text.strip()}
    if not once:
        raise UserFacingError(
            f"There is no text in {source!r}. Give a folder of plain texts ({', '.join(sorted(PLAIN))}) or of JSON "
            "lines with a field 'text' with --texts, or the folder of the public sets with --data."
        )
    return Corpus(source, tuple(once.values()), tuple(dict.fromkeys(filter(None, questions))), passed_over)


def _squad2(folder: Path) -> Iterator[Text]:
    """An article a document: its paragraphs in order."""
    articles: dict[str, list[str]] = {}
    for line in _lines(folder / "paragraphs.jsonl"):
        articles.setdefault(line["title"], []).append(line["text"])
    for title, paragraphs in articles.items():
        yield Text(title.replace("_", " "), "\n\n".join(paragraphs))


def _clapnq(folder: Path) -> Iterator[Text]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in _lines(path):
            yield from (Text(passage["title"], passage["text"]) for passage in line["passages"])


def _wice(folder: Path) -> Iterator[Text]:
    for line in _lines(folder / "claims.jsonl"):
        sentences = list(line["evidence"])
        marked = bool(sentences) and sentences[0].startswith(TITLE_MARK)
        title = sentences.pop(0).removeprefix(TITLE_MARK) if marked else "Page"
        yield Text(title, "\n".join(sentences))


def _cranfield(folder: Path) -> Iterator[Text]:
    for line in _lines(folder / "corpus.jsonl"):
        yield Text(line["title"], line["text"])


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserFacingError(f"{str(path)!r} cannot be read ({error}). Mend it, or give another folder.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                value = json.loads(line)
            except ValueError as error:
                raise UserFacingError(f"{path}, line {number}: it is no JSON ({error}). Correct that line.") from error
            if not isinstance(value, dict):
                raise UserFacingError(f"{path}, line {number}: it is no JSON object. Correct that line.")
            yield value


def _require(folder: Path, option: str) -> None:
    if not folder.is_dir():
        raise UserFacingError(f"There is no folder {str(folder)!r}. Give one that exists with {option}.")
