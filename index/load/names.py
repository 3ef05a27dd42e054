"""What kind of thing a few words at the head of a text are: a person, an outlet, a place, a label."""

from __future__ import annotations

import re

from index.load.outlets import AGENCIES, OUTLETS_BY_DOMAIN

_LABELS = {
    word: kind
    for kind, words in {
        "author": "author authors byline from reporter by words text von por par di da de door av af od autor auteur"
        " autore от автор haber",
        "title": "title headline subject betreff objet oggetto asunto assunto onderwerp ämne emne тема temat hd",
        "outlet": "source outlet publisher publication newspaper site website journal sn quelle fuente fonte bron",
        "published": "published date posted issued sent released release filed dated embargo embargoed circulated pd"
        " gesendet datum envoyé publié fecha enviado data inviato verzonden дата",
        "modified": "updated update modified amended revised edited corrected lastmod",
        "other": "accessed retrieved archived viewed printed downloaded saved created read deadline due when event to"
        " cc bcc an à contact section length received phone tel email se wc et sc pg la cy lp td attachments",
    }.items()
    for word in words.split()
}
"""What the words of labels are about, the later the more it says: "Date updated". In a mail "from" is its author; mails
have them in the language of the program, exports of Factiva two letters."""
_ORDER = list(dict.fromkeys(_LABELS.values()))
_FILLING = frozenset(
    "first last on at until the of original originally this article story page was online issue info type this stamp"
    " web vom time gmt le el il am vom den w".split()
)
BY = r"(?:by|from|von|por|par|di|da|door|av|af|od|przez|от)"
_PARTICLES = frozenset("de da del della der den di dos du van von bin ben al el la le y e ter ten af".split())
_SMALL = frozenset("a an and at by for from in of on or the to with v vs".split())
_OUTLET_WORDS = frozenset(
    "gazette times post herald tribune journal news chronicle daily weekly mail mirror guardian observer telegraph"
    " star courier press radio television tv broadcasting agency wire quarterly magazine bulletin argus echo standard"
    " dispatch examiner express enquirer sentinel globe monitor advertiser ledger record independent zeitung tageblatt"
    " jornal diario diário correio giornale corriere gazzetta gazeta dagblad tidning avis krant dziennik".split()
)
_POSTS = frozenset(
    "correspondent reporter reporters editor writer staff bureau chief desk analyst columnist contributor agencies"
    " secretary director officer spokesman spokeswoman spokesperson admin engineer".split()
)
_BOILERPLATE = frozenset(
    "press news media release advisory statement for immediate home menu subscribe skip to main content search sign in"
    " log up follow us share print advertisement final edition archived embargoed until breaking transcript top scroll"
    " min read save accept all manage options document documents of page lead update urgent exclusive we use value your"
    " cookies privacy improve experience settings listen this article email comments reader view partners and".split()
)
_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[-'’.&](?=[^\W\d_]))*|[^\W\d_]{1,4}\.|&")
_KNOWN_OUTLETS = {name.removeprefix("The ").casefold() for name in (*AGENCIES, *OUTLETS_BY_DOMAIN.values())}


def label_of(words: str) -> str | None:
    """The field that a label names: "First published", "Last updated on", "BYLINE"; `other` for one of no use here."""
    parts = [word.strip(":").lower().removesuffix("(s)") for word in words.split()]
    kinds = {_LABELS[part] for part in parts if part in _LABELS}
    if not kinds or len(parts) > 5 or not all(part in _FILLING or part in _LABELS for part in parts):
        return None
    return max(kinds, key=_ORDER.index)


def is_filling(text: str) -> bool:
    """Whether it is nothing but small words: "the", "on"."""
    return all(word.lower() in _FILLING for word in text.split())


def has_small_word(text: str) -> bool:
    """Whether one of its words is such as sentences have and names have not: "to", "for", "with"."""
    return any(word.lower() in _SMALL - {"and", "of", "or", "the"} for word in text.split())


def is_boilerplate(text: str) -> bool:
    """Whether it is a menu's or a press office's, and tells nothing: "FOR IMMEDIATE RELEASE", "Skip to content"."""
    words = re.findall(r"[^\W_]+", text.lower())
    return all(word in _BOILERPLATE or word.isdigit() for word in words)


def is_outlet(text: str) -> bool:
    """Whether it is an outlet's or an agency's name: a known one, or one with a word that newspapers go by."""
    words = text.split()
    named = any(word.lower() in _OUTLET_WORDS for word in words) and len(words) > 1
    named = named or (words[:1] == ["The"] and len(words) > 1)
    return text.removeprefix("The ").casefold() in _KNOWN_OUTLETS or (named and is_name(words, 6))


def is_person(text: str) -> bool:
    """Whether it may be a person's name: two to five words, all of them names."""
    words = text.split()
    lower = {word.lower() for word in words}
    return len(words) > 1 and is_name(words, 5) and not lower & (_SMALL | _OUTLET_WORDS | _POSTS)


def is_post(text: str) -> bool:
    """Whether it is what somebody is at an outlet: "Political Correspondent"."""
    words = [word.strip(",.").lower() for word in text.split()]
    return 0 < len(words) < 6 and any(word in _POSTS for word in words)


def is_place(text: str) -> bool:
    """Whether it may be a place, with its country: names apart by commas."""
    parts = [part.split() for part in text.split(",")]
    return len(parts) < 4 and all(part and is_name(part, 4) for part in parts)


def persons_in(text: str) -> tuple[str, str | None]:
    """The names at the start of `text` as they stand there ("Ann Lee and John Poe"), and the outlet behind them."""
    text = re.sub(rf"\s*<[^>]*>|^[\"']|[\"']$|^{BY}:?\s|^\S+@\S+ (?=\()", "", text, flags=re.I).strip().strip("()")
    end, outlet = 0, None
    for part in re.finditer(r"(.+?)(?:,\s*|\s+(?:and|&|und|et|y|for|in|FOR|AND)\s+|$)", text):
        name = part[1].strip(" .")
        if is_outlet(name):
            outlet = name
            break
        if not is_person(name):
            break
        end = part.end(1)
        if part[0].rstrip().endswith(",") and not re.search(r"\b(?:and|und|et|y)\b|&", text[part.end() :]):
            outlet = text[part.end() :] if is_outlet(text[part.end() :]) else None
            break
        if re.search(r"\s(?:for|in|FOR)\s+$", part[0]):
            outlet = text[part.end() :].strip() if is_outlet(text[part.end() :].strip()) else None
            break
    return text[:end].strip(), outlet


def is_name(words: list[str], most: int) -> bool:
    """Whether each of the words, `most` at most, begins with a capital, but for the small ones inside."""
    return 0 < len(words) <= most and all(
        (not word[0].islower() and _NAME_WORD.fullmatch(word))
        or (at and word.lower() in _PARTICLES | {"of", "the", "and", "&"})
        for at, word in enumerate(words)
    )
