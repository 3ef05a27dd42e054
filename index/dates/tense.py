"""Whether a time expression in news prose lies ahead of the report or behind it.

English marks the past in its verbs: an ending, or one of a closed list. The present is marked by next to nothing, so
a whole sentence without a past, a perfect or a modal is read as being in the present: what it dates is planned.
"""

from __future__ import annotations

import re

_IRREGULAR = (
    r"(?!(?:out|re|over|up)(?:put|let|lay|set|cost|cut)\b)(?:be|fore|mis|out|over|re|un|under|up|with)?(?:"
    "arisen|arose|ate|awoke|beat|beaten|began|begun|bent|bid|bitten|bled|blew|blown|bore|born|borne|bought|broke"
    "|broken|brought|built|burnt|burst|came|cast|caught|chose|chosen|clung|cost|crept|cut|dealt|did|done|drank"
    "|drawn|dreamt|drew|driven|drove|drunk|dug|dwelt|fallen|fed|fell|felt|fled|flew|flown|flung|forbade|forgave"
    "|forgot|forgotten|fought|found|froze|frozen|gave|given|gone|got|gotten|grew|grown|had|heard|held|hid|hidden"
    "|hit|hung|hurt|kept|knelt|knew|known|laid|lain|lay|led|left|lent|let|lit|lost|made|meant|met|paid|put|quit"
    "|ran|rang|read|ridden|risen|rode|rose|said|sang|sank|sat|saw|seen|sent|set|shaken|shed|shone|shook|shot"
    "|shown|shrank|shrunk|shut|slain|slept|slid|sold|sought|spelt|spent|spilt|split|spoke|spoken|sprang|spread"
    "|sprung|spun|stole|stolen|stood|strode|strove|struck|stuck|stung|sunk|swam|swept|swore|sworn|swung|taken"
    "|taught|thought|threw|thrown|thrust|told|took|tore|torn|trod|was|wed|went|wept|were|woke|woken|won|wore|worn"
    "|wound|written|wrote"
    ")"
)
"""Pasts and participles that do not end in -ed, and what is made of them: "overthrew", "withheld"."""
_ED = (
    r"(?<![-\w])(?:(?<!\bthe\s)(?<!\ba\s)(?<!\ban\s)(?<!\bof\s)(?<!\bits\s)(?<!\bhis\s)(?<!\btheir\s)"
    r"(?!hundred|sacred|naked|kindred)(?-i:[a-z]{2,}(?<!e)ed|[A-Z]{2,}(?<!E)ED)|agreed|freed|disagreed|guaranteed)"
)
"""A past or a participle: not "need", nor what stands before a noun as in "the armed group"."""
_BE = r"(?:is|are|am|[’']re|[’']m|(?<=he)[’']s|(?<=it)[’']s)(?:n[’']t)?"
_FILLED = r"(?:\s(?:not|also|now|still|all|both|\w+ly))*\s"
"""What may stand between an auxiliary and its verb."""
_REFUSED = r"(?:\snot|n[’']t)\s(?:immediately\s)?(?:be\sreached|say|comment|confirm|elaborate)"
_AHEAD = (
    rf"(?:(?-i:will|may)|would|shall|should|must|might|can|could|[’']ll|won[’']t)(?!{_FILLED}have\b|{_REFUSED})"
    rf"{_FILLED}(?:be\s)?[\w-]+"
    rf"|(?:{_BE}|was|were)(?:n[’']t)?{_FILLED}(?:(?:scheduled|set|due|expected|planned|slated|likely|poised|about)\b"
    r"(?:\sto\s(?!have\b)(?:be\s)?[\w-]+)?|to\s(?!have\b)(?:be\s)?[\w-]+)"
    r"|(?:about|going|plans?|expects?|intends?|hopes?)\sto\s[\w-]+"
    r"|(?:scheduled|set|planned|expected|due)\s(?:for|on)|upcoming|forthcoming"
    r"|(?:agreed|vowed|pledged|promised|planned|invited|wanted|hoped|decided|ordered|urged|intended|expected|scheduled)"
    r"\s(?:[\w’'-]+\s){0,2}?to\s(?!have\b)(?:be\s)?[\w-]+"
    r"|(?<!\bthe\s)(?<!\ba\s)(?:begin|start|open|end|close|expire|leave|arrive|return|resume|launche|reopen)s?"
    r"(?=(?:\son|\sat|\slate)?\s*$)|takes?\s(?:effect|place|office)|comes?\sinto\sforce|goe?s?\son\ssale"
)
_PRESENT = (
    rf"{_BE}{_FILLED}(?!being\b)(?:[\w-]{{2,}}(?:ing|ed)|{_IRREGULAR})"
    r"|(?:he|she|it|who|which)\s(?!says\b|was\b|has\b|is\b|its\b|this\b|does\b|adds\b|writes\b)[a-z]{2,}s"
)
_BEHIND = (
    rf"(?:(?-i:will|may)|would|might|could|should|must|to|[’']ll){_FILLED}have\b|having\b"
    rf"|(?:could|would){_REFUSED}"
    rf"|(?:has|have|[’']ve)(?:n[’']t)?{_FILLED}(?!to\b)(?:been|[a-z]+ed|{_IRREGULAR})\b"
    r"|(?:did|had)(?:\snot|n[’']t)\s\w+"
    rf"|(?:of|with|over|after|since|for)\s[a-z]{{3,}}ing|(?:{_IRREGULAR})|{_ED}"
)
_VERB = re.compile(rf"(?:\b|(?=[’']))(?:(?P<ahead>{_AHEAD})|(?P<present>{_PRESENT})|(?P<behind>{_BEHIND}))\b", re.I)
_STATE = re.compile(rf"\b(?:{_BE}|does|do|has|have|deadline|due|remains?)\b", re.I)
_LITTLE = (
    r"(?!(?:a|an|the|at|in|on|of|for|from|to|by|with|and|or|but|as|near|over|under|after|before|during|against|outside"
    r"|inside|into|about|between|across|along|around|behind|through|toward|late|early|who|that|which)\b)"
)
_SUBJECT = re.compile(
    rf"\b(?:(?:I|we|you|they|people|police|children|men|women|{_LITTLE}[\w’]+s)\s{_LITTLE}"
    r"(?-i:[a-z]{2,})(?<!ing)(?<!s)"
    rf"|{_LITTLE}[\w’]+(?<![s\W])\s{_LITTLE}(?-i:[a-z]{{2,}})s)\b",
    re.I,
)
"""Words that agree as a subject and its verb do: "talks resume", "the president flies"."""
_TO_DO = re.compile(r"\bto [a-z]+\b(?!.*\b(?:and|that|which|who)\b)", re.S)
_FACING = re.compile(r"\b(?:ahead\sof|run-?up\sto)\s(?:[\w’'-]+\s){0,4}$|^\W*before\s$", re.I)
"""What a time stands behind that is ahead whatever the verbs say: "Ahead of elections in May, prices rose"."""
_LEAVING = re.compile(r"\b(?:since|after|following)\s(?:[\w’'-]+\s){0,4}$|\b(?:of|over)\s$", re.I)
_OPENING = re.compile(r"\W*(?:[A-Z]\w+\W+)?(?:on|in|at|by|from|late|early|this)?\W*", re.I)
_CAPTION = re.compile(r"\b(?:Photo|Image|Picture|Credit|Getty)|(?:/\s?|\()(?:AP|AFP|Reuters)\b")
_NEW_CLAUSE = re.compile(r"[,;:”\"]|\b(?:said|told|announced|added|says|who|which)\b")
_SENTENCE_END = re.compile(
    r"(?:[?!…]|(?<!\b[A-Z])(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z]{2})(?<!\b[ap]\.m)\.)[”\"’')\]]*\s+(?![a-z\d])"
    r"|\n\s*\n|(?<![^\n]{45})\n"
)
"""A line that is nearly full may be one that was wrapped."""
REACH = 300
"""Characters of a sentence that are read on either side of a time: what decides stands near it, and a line of an
export may have no end."""


def is_future(text: str, start: int, end: int) -> bool:
    """Whether the words around `start` to `end` in its sentence speak of what is still to come.

    The last verb before it decides, "he would resign, she said on Monday" being past; then a "to meet" before it;
    then the first verb after it: "On Friday it will announce"; then whether it is a whole sentence, in the present.
    """
    begin, finish = _quotation(text, start, *sentence_around(text, start, end))
    before, after = text[begin:start], text[end:finish]
    if _FACING.search(before):
        return True
    if re.search(r"\bsince\s$", before, re.I):
        return False
    verbs = list(_VERB.finditer(before))
    if verbs and not verbs[-1]["present"]:
        ahead = max((verb.end() for verb in verbs if verb["ahead"]), default=-1)
        return bool(verbs[-1]["ahead"]) or (ahead >= 0 and not _NEW_CLAUSE.search(before, ahead))
    if _LEAVING.search(before) or _CAPTION.search(text[end : finish + 60].partition("\n")[0]):
        return False
    return bool(verbs or re.search(r"\buntil\s$", before)) or _by_what_follows(before, after)


def _by_what_follows(before: str, after: str) -> bool:
    """Whether a sentence with no verb for certain before its time is one of what is to come, and no heading."""
    if _TO_DO.search(before):
        return True
    if re.match(r"\s+(?:that|to)\b", after) and not _SUBJECT.search(before):  # "his vow on Monday that there would be"
        return False
    verb = next((verb for verb in _VERB.finditer(after) if not verb["present"]), None)
    if verb or re.match(r"[’']s\b", after):  # "Monday's attack is the third"
        return bool(verb and verb["ahead"])
    if _STATE.search(before):
        return True
    whole = re.search(r"[.!,][”\"’')\]]*\s*$", after) and "?" not in after
    if _STATE.search(after):
        return bool(whole and _OPENING.fullmatch(before))
    return bool(whole and (_SUBJECT.search(before) or _SUBJECT.search(after)))


def _quotation(text: str, start: int, begin: int, finish: int) -> tuple[int, int]:
    """The part of a sentence that is quoted, when `start` lies in it."""
    for opening, closing in ("“”", '""'):
        opened = text.rfind(opening, begin, start)
        if opened >= 0 and (
            text.count('"', begin, start) % 2 if opening == closing else closing not in text[opened:start]
        ):
            closed = text.find(closing, start, finish)
            return opened + 1, closed if closed >= 0 else finish
    return begin, finish


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence with `start` to `end` in it begins and ends, at most `REACH` characters away from them."""
    first, last = max(0, start - REACH), min(len(text), end + REACH)
    begin = max((match.end() for match in _SENTENCE_END.finditer(text, first, start)), default=first)
    after = _SENTENCE_END.search(text, end, last)
    return begin, after.end() if after else last
