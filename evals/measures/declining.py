"""Whether a free reply says that the answer is not known: by patterns over its first sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.chunk import split_sentences

_GIVEN = "(?:provided|given|retrieved|available|supplied|above|following|relevant)"
_CONTEXT = "(?:context|text|documents?|passages?|excerpts?|snippets?|chunks?)"
_OTHER = "(?:articles?|reports?|sources?|information|materials?|content)"
_THE = "(?:(?:the|this|these|those|your) )?"
_AFTER = f"(?: (?:that was |that were |you |you have )?{_GIVEN}(?: to me)?\\b)"
_SOURCE = re.compile(
    rf"\b{_THE}(?:{_GIVEN} )*(?:(?:pieces?|parts?) of (?:the )?)?(?:{_GIVEN} )*{_CONTEXT}\b{_AFTER}?"
    rf"|\b{_THE}(?:{_GIVEN} )+{_OTHER}\b{_AFTER}?|\b{_THE}{_OTHER}\b{_AFTER}"
)
"""What a reply calls the context it was given; § in the patterns below."""

_PREAMBLE = re.compile(
    r"(?:answer:|(?:i am |we are )?(?:very |so )?sorry\b|i apologi[sz]e\b|unfortunately\b|however\b|but\b|no,"
    r"|(?:based|going|judging) (?:only |solely )?(?:on|by|from|upon) §|(?:according to|in|from|within|given|with) §"
    r"|it (?:seems|appears)(?: that)?\b)[\s,.:;]*"
)
_SUBORDINATE = re.compile(r"(?:even though|while|although|though|since|as|because)\b")
_TURN = re.compile(r",? (?:but|whereas|while|although|though|however)\b|;|, and (?:the|its?|his|her|their|they|s?he)\b")

_ADVERBS = r"(?:(?:\w+ly|also|even|itself|themselves) )*"
_TELL = (
    "(?:mention|say|state|specify|provide|contain|include|give|indicate|tell|answer|address|discuss|describe|explain"
    "|reveal|disclose|identify|name|list|offer|have|make|clarify|cover|refer|detail|confirm|seem|appear)"
)
_MATTER = "(?:information|mention|answer|details?|idea|reference)"
_BEGINS = (
    rf"i {_ADVERBS}(?:do|did|can|could|am|was) {_ADVERBS}not\b(?! think| believe)",
    r"i (?:am|was) un(?:able|sure|certain|aware)\b",
    r"i (?:have|see|find|found|can find) no\b",
    r"we (?:do|can) not (?:know|find|determine|say|tell|answer)\b",
    r"(?:do|can|could) not (?:know|find|determine|answer|say|tell)\b",
    r"(?:unable|impossible) to\b|unclear\b|insufficient\b|unknown(?:$| (?:in|from|by) §)",
    r"not (?:enough|sure|mentioned|specified|stated)\b|not (?:found|given|provided|known|available|in)(?:$| .*§| §)",
    rf"no (?:\w+ ){{0,2}}{_MATTER}\b|no §",
    r"(?:none of|neither of|neither|nothing in|nowhere in) §",
    rf"there is (?:no|not|nothing|insufficient)\b.*\b(?:{_MATTER}\b|§)",
    rf"there (?:are|was|were) (?:no|not|nothing|insufficient)\b.*\b{_MATTER}\b.*§",
    rf"(?:§|it|they|the {_OTHER}) {_ADVERBS}(?:do|does) {_ADVERBS}not {_ADVERBS}{_TELL}\b",
    rf"§ {_ADVERBS}did not {_ADVERBS}{_TELL}\b",
    rf"§ .*\b(?:but|and|yet) (?:it |they )?(?:do|does) not {_ADVERBS}{_TELL}\b",
    rf"§ (?:about|on|regarding) [^,]*\b(?:do|does) not {_ADVERBS}{_TELL}\b",
    r"(?:§|it|they) (?:makes?|contains?|provides?|gives?|has|have|offers?|includes?) (?:no|insufficient)\b",
    r"§ (?:lacks?\b|fails? to\b|(?:is|are) (?:not|silent|unclear|insufficient)\b)",
    r"it (?:can|could) not be (?:determined|answered|said|found|inferred|known|identified)\b",
    r"it is (?:impossible|not possible) to\b|it is un(?:clear|known)\b",
    r"(?:this|that|the (?:\w+ )?(?:answer|question|information))\b.*?\b(?:(?:is|are|be) unknown|not(?: be)? (?:in §"
    r"|found|known|given|provided|available|answered|determined|contained|included|present))",
)
"""How a sentence begins that says so."""
_SAYS = (
    rf"(?:is|are|was|were|been) not {_ADVERBS}(?:mentioned|specified|stated|indicated)\b"
    r"(?!.* (?:by|in|at|among) (?!§))",
    rf"(?:is|are) not {_ADVERBS}(?:clear|known)\b|(?:is|are|remains?) unclear\b",
    rf"not (?:be )?{_ADVERBS}(?:mentioned|specified|stated|provided|given|included|contained|available|found|present"
    r"|named|identified|listed|described|discussed|addressed|known|clear|determined|answered|explained)\b"
    r".* (?:in|from|by|within) §",
)
"""What says so of the sentence's subject, unless the sentence tells what someone said."""
_SOMEONE_SAYS = r"[\"“]|\b(?:said|says|told|according)\b"


def declines(reply: str) -> bool:
    """Whether a reply begins by saying that the answer is not known, or is empty.

    Generous: what could be meant so counts. What follows the first sentence, or turns against
    its beginning ("36 abstained, but the text does not name them"), does not.
    """
    text = " ".join(reply.split())
    whole = re.fullmatch(r'"([^"]*)"', text)
    text = whole[1] if whole else text
    for start, end in split_sentences(text, 0, len(text)):
        sentence = _plain(text[start:end]).rstrip(" .!?")
        while opening := _PREAMBLE.match(sentence):
            sentence = sentence[opening.end() :]
        if sentence:
            return any(_is_refusal(clause) for clause in _main_clauses(sentence))
    return True


def _plain(sentence: str) -> str:
    """In lower case, the short forms written out, the context as §."""
    text = sentence.lower().replace("’", "'")
    for short, long in (
        (r"\bcan(?:'t|not)\b", "can not"),
        (r"n't\b", " not"),
        (r"\bi'm\b", "i am"),
        (r"'s not\b", " is not"),
    ):
        text = re.sub(short, long, text)
    return _SOURCE.sub("§", text)


def _main_clauses(sentence: str) -> Iterator[str]:
    """The sentence; of one that begins with a subordinate clause, what follows each comma."""
    if not _SUBORDINATE.match(sentence):
        yield sentence
        return
    for comma in re.finditer(", ", sentence):
        yield sentence[comma.end() :]


def _is_refusal(clause: str) -> bool:
    if any(re.match(pattern, clause) for pattern in _BEGINS):
        return True
    said = _TURN.split(clause, maxsplit=1)[0]
    return not re.search(_SOMEONE_SAYS, said) and any(re.search(rf"\b{pattern}", said) for pattern in _SAYS)
