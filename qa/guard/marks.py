"""Signs that a sentence, in words of its own, orders a language model about: several together, since each is common."""

from __future__ import annotations

import re

from qa import tuning
from qa.guard.languages import ORDER

_MACHINE = re.compile(
    r"\b(?:ai|a\.i\.|llms?|language models?|chat ?bots?|(?:ai |virtual |chat )assistants?|ai agents?|summari[sz]ers?)\b"
    r"|^\W*assistants?\b|\b(?:machine|model|assistant) reading\b"
)
_REPLY = re.compile(r"\b(?:answers?|reply|replies|respond|responses?|output|print|summari[sz]es?|token|string)\b")
_ORDERED = re.compile(
    rf"{ORDER}(?:answer|reply|respond|output|print|say|write|state|mention|put|give|return|use|refuse|do not|never|stop"
    r"|forget|simulate|translate|kindly)\b|\b(?:must|shall|asked to|may only|has to be)\b"
)
_YOU = re.compile(r"\byour?\b")
_SOURCES = re.compile(
    r"\b(?:this|these) (?:page|paragraph|document|text|context|prompt|question|note)s?\b|\b(?:other|above|only) "
    r"(?:sources?|articles?|reports?|documents?)\b|\b(?:your|new) instructions?\b|\bquestions? (?:about|on)\b"
    r"|\bwhat you were told\b|\bthe above\b"
)
_TO_BE_SAID = re.compile(r"\b(?=[\w-]*\d)[A-Z][\w-]*[A-Za-z-][\w-]{2,}\b|\b[A-Z]{5,}\W*$|https?://")
"""A code, an address, or a word in capitals at the end: what is to be repeated."""


def has_signs_of_command(text: str, folded: str) -> bool:
    """Whether it orders something, of a reply or a machine, with at least `ORDER_SIGNS` signs in all.

    Args:
        folded: The same text in small letters without accents.
    """
    machine, reply = bool(_MACHINE.search(folded)), bool(_REPLY.search(folded))
    if not machine and not reply:
        return False
    ordered, said = bool(_ORDERED.search(folded)), bool(_TO_BE_SAID.search(text))
    you, sources = bool(_YOU.search(folded)), bool(_SOURCES.search(folded))
    # "Chatbots must answer truthfully, the law says" is news: an order also says what to repeat, to whom or of what.
    steers = (reply and (said or you)) or sources
    return steers and (ordered or said) and machine + reply + ordered + said + you + sources >= tuning.ORDER_SIGNS
