"""What a text denies, and how far each "not" reaches."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa import tuning
from qa.english.words import STOP_WORDS, stem

_NEGATION = re.compile(r"\b(?:not|never|no|none|neither|nor|without|cannot)\b|n['’]t\b", re.I)
_DENIAL = re.compile(r"\b(?:refus\w*|reject\w*|den(?:y|ied|ies)|yet to|fail\w*|only|lack\w*)\b", re.I)
_TOKEN = re.compile(r"[\w]+(?:['’]\w+)*|[,;:.!?()—–]")
_ENDS = frozenset("but although though because while whereas since if unless until except than".split())
_CLAUSE = re.compile(rf"[,;:.!?()—–]|\b(?:and|{'|'.join(sorted(_ENDS))})\b")
_NO = frozenset("not never no none neither nor without cannot nobody nothing nowhere hardly".split())
_UNDONE = frozenset("only just necessarily merely simply".split())
"""Behind a "not" they take it back: "not only"."""


def clauses_of(text: str) -> list[str]:
    """The clauses of `text`, without what parts them."""
    return [clause.strip() for clause in _CLAUSE.split(text) if clause.strip()]


@dataclass(frozen=True, slots=True)
class Denied:
    """What a text denies, by stem."""

    heads: tuple[tuple[str, str], ...]
    """Of each "not": the word, and the stem of the first word of meaning behind it; empty where there is none."""
    inside: frozenset[str]
    """Stems within reach of a "not"."""
    plain: frozenset[str]
    """Stems that stand outside of that."""


def denies(text: str) -> bool:
    """Whether it says "not" in some form."""
    return bool(_NEGATION.search(text))


def may_deny(text: str) -> bool:
    """Whether it says "not", or what comes to the same: "refused", "has yet to"."""
    return denies(text) or bool(_DENIAL.search(text))


def read_denied(text: str) -> Denied:
    """What `text` denies: the words behind each "not", up to the end of the clause."""
    tokens = [token.lower().replace("’", "'") for token in _TOKEN.findall(text)]
    heads: list[tuple[str, str]] = []
    inside: set[str] = set()
    plain: set[str] = set()
    left, open_ = 0, False
    for at, token in enumerate(tokens):
        if _is_no(tokens, at):
            left, open_ = tuning.NOT_REACHES, True
            heads.append((token, ""))
        elif not token[0].isalnum() or token in _ENDS:
            left, open_ = 0, False
        elif token not in STOP_WORDS and token != "longer":
            word = stem(re.sub(r"'s?$", "", token))
            (inside if left else plain).add(word)
            left = max(0, left - 1)
            if open_:
                heads[-1], open_ = (heads[-1][0], word), False
    return Denied(tuple(heads), frozenset(inside), frozenset(plain))


def _is_no(tokens: list[str], at: int) -> bool:
    token, behind = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
    before = tokens[at - 1] if at else ""
    return (token in _NO or token.endswith("n't")) and behind not in _UNDONE and before != "or"


def denied_otherwise(head: str, text: str, but: str = "") -> bool:
    """Whether a clause of `text` with this stem says "not" in another way: "has yet to", "failed to"."""
    for clause in _CLAUSE.split(text):
        words = {stem(re.sub(r"['’]s?$", "", token.lower())) for token in _TOKEN.findall(clause)}
        denial = _DENIAL.search(clause)
        if head in words and denial and denial[0].lower() != but:
            return True
    return False


def written_with(head: str, text: str) -> str:
    """The word of `text` with this stem."""
    words = (re.sub(r"['’]s?$", "", token) for token in _TOKEN.findall(text))
    return next((word for word in words if stem(word.lower()) == head), head)
