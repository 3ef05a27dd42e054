"""Characters as they are read: without those that cannot be seen, letters and their marks in one, spaces as spaces."""

from __future__ import annotations

import re
import unicodedata

_JOINED_AT_END = re.compile("\u00ad[ \t]*\r?\n[ \t]*")
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff\u180e]")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_DIRECTION_IN_WORD = re.compile(rf"(?<=\w){_DIRECTION.pattern}+(?=\w)")
_JOINERS = re.compile("(?<![\u0530-\u1dff\u2010-\U0010ffff])[\u200c\u200d]+")
"""Where no script is written with them: Persian, the scripts of India, and pictures made of several, need theirs."""
_SPACES = re.compile("(?<!\\d)[\u00a0\u2000-\u200a\u202f\u205f\u3000]|[\u00a0\u2000-\u200a\u202f\u205f\u3000](?!\\d)")
"""Not between digits, where a space that does not break holds a number together."""
_FORMS = re.compile("[\ufb00-\ufb06\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff]+")
"""Letters and digits in another form: joined (`ﬁ`), as wide as Chinese ones, or set as in formulas."""


def as_read(text: str) -> str:
    """`text` with the characters that a reader sees, so that its words are found; the same where all are seen."""
    if text.isascii():
        return text
    text = _UNSEEN.sub("", _JOINED_AT_END.sub("", text))
    text = _JOINERS.sub("", text)
    text = (_DIRECTION_IN_WORD if _RIGHT_TO_LEFT.search(text) else _DIRECTION).sub("", text)
    text = _FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), _SPACES.sub(" ", text))
    return unicodedata.normalize("NFC", text)
