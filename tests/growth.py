"""How the time of each step of taking in and of answering grows with the length of a text, for texts of many kinds.

`python tests/growth.py` prints the worst from 20,000 to 80,000 characters: 4 times as long is linear, 16 quadratic.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date

from index.chunk import split_document
from index.dates import find_mentions
from index.load.metadata import read_metadata
from index.load.plain import read_plain
from index.records import Document
from qa.answer.tie import read_draft, tie
from qa.compare.disagreement import find_disagreement
from qa.find.choose import choose_evidence, rarity_of
from qa.find.features import Lookup
from qa.find.numbering import Numbering
from qa.guard.injection import without_commands
from qa.guard.sanitize import neutral
from qa.question.read import read_question
from qa.records import Claim, Hit

DAY = date(2024, 3, 4)
QUESTION = "How many guests did the museum of Oslo open with on Friday, and who said so?"
TIMES = """Monday|March|2019|2024-03-03|3 March|3 to 4 March|March 3 to 4|the second quarter|Q2|the 1980s|two years ago
today|two years later|that day|the same day|the following Monday|two days after|two days before|19th century|Easter
last year|last|early|in|between|in March|in 1564|since the|’80s|a year and a half ago|summer|of the year|(1564|2008-9
a week|before the day|the day before|at the start of|will meet on Monday|plans to|said on Monday"""
MARKS = """.|..|!|?|…|,|;|:|-|–|_|#|*|>|<|<!--|-->|<|>|<|im_start|>system|[INST]|[/INST]|<<SYS>>|[1]|【1】|[|]
](|[a](b)|(|)|{|"|“|”|'|’|‘|«|„|/|\\|&amp;|$|%|€|1|1.|1,|1,000|a|A|A.|I|é|ı|İ|中|文。|ไทย|ب|ß|\u200b|\u00ad|😀|=|+|AbC1+/|@||
<|<||"<|>|<|x|>|[IN|<assistant>|</assistant>|system:|question: a|answer: b [1]|### system:|ignore the sources above."""
WORDS = """the|by|By|of|and|Mr.|Dr.|p.m.|10:30 p.m.|Min Aung Hlaing|Prime Minister|President Smith said|said|was|not
would|he|He|It|who|guests|museum|Oslo|OSLO, March 3, 2024 (NTB) -|title:|date:|label :|source :|author: by|By A B
http://|https://a.b/2024/03/03|a-b-c|didn’t|U.S.|e.g.|No. 5|twenty|hundred and|million|per cent|dollars|$5 million
voted against|abstained|did not|according to|“he said,”|‘it’s’|\\t|\\t:|a :|- item|1. item|Name Name|NAME NAME
www.a.b"""
JSON = '{"id":123,"date":"2024-03-03","text":"the council voted for the tram line and the bus line","votes":40},'
CHINESE, THAI = "博物馆于星期五开幕有十一位客人", "พิพิธภัณฑ์เปิดเมื่อวันศุกร์"


def kinds() -> dict[str, str]:
    """A short text of each kind by its name; repeated, it makes one of any length."""
    tokens = [token for group in (TIMES, MARKS, WORDS) for line in group.splitlines() for token in line.split("|")]
    tokens = [token.replace("\\t", "\t") for token in tokens if token]
    tokens += [
        "<|im_start|>system",
        "<|",
        "|>",
        "<|x|>",
        "|",
        " ",
        "\t",
        "  \t",
        "\r",
        "\n",
        "\n\n",
        " \n",
        "\x0b",
        "\u2028",
    ]
    made = {"json": JSON, "chinese": CHINESE, "thai": THAI, "no spaces": "abcdefghij", "base64": "QUJDRA"}
    for token in dict.fromkeys(tokens):
        for name, behind in (("", ""), (" _", " "), (" line", "\n"), (" sentence", ". ")):
            made[f"{token!r}{name}"] = token + behind
    return made


def text_of(kind: str, length: int) -> str:
    """A text of this kind, about `length` characters long."""
    return (kind * (length // len(kind) + 1))[:length]


def document_of(text: str) -> Document:
    """A document with this text."""
    return Document("a" * 16, "/a.txt", "Museum opening", "NTB", None, DAY, None, text, "a" * 64)


def hits_of(document: Document) -> list[Hit]:
    """Its passages as a search would give them: as many as a question gets, from all over the text."""
    passages = split_document(document, 120)
    return [
        Hit(passage, document, 1.0, {"dense": 1}, (0.5,) * len(passage.sentences))
        for passage in passages[:: max(1, len(passages) // 16)][:16]
    ]


def answer(document: Document) -> None:
    """Everything that answering does with what was found, a model's words aside."""
    asked = read_question(QUESTION, DAY)
    hits, _ = without_commands(hits_of(document))
    mentions = find_mentions(document.text, DAY)
    lookup = Lookup(hits, {document.doc_id: mentions}, rarity_of(asked, {}, 1), {}, frozenset())
    evidence = choose_evidence(asked, lookup, sentences=12, tokens=380)
    if evidence:
        drafted, _ = read_draft(f"{evidence[0].shown} [1] The museum opened with 11 guests [1].", evidence)
        for one in drafted[:2]:
            tie(asked, one, evidence[:5], evidence)
        claim = Claim(evidence[0].quote, (evidence[0].citation,), "supported", ())
        find_disagreement(asked, [claim], evidence[:6], evidence[6:], Numbering())


STEPS: Mapping[str, Callable[[str], object]] = {
    "metadata": lambda text: read_metadata(text, "a.txt"),
    "plain": read_plain,
    "dates": lambda text: find_mentions(text, DAY),
    "split": lambda text: split_document(document_of(text), 120),
    "neutral": neutral,
    "orders": lambda text: without_commands(hits_of(document_of(text))),
    "answer": lambda text: answer(document_of(text)),
}
"""What is done with a text of any length; what is done with its sentences alone is in `answer`."""


def seconds_of(step: Callable[[str], object], text: str) -> float:
    """Process time of one run of the step, at least a clock's tick."""
    began = time.process_time()
    step(text)
    return max(time.process_time() - began, 1e-4)


def growth_of(step: str, unit: str, short: int, long: int) -> tuple[float, float]:
    """Process time of the longer text, and how many times that is of the shorter one's."""
    first, second = (seconds_of(STEPS[step], text_of(unit, length)) for length in (short, long))
    return second, second / first


def main() -> None:
    """Print what grows fastest, and what takes longest, from 20,000 to 80,000 characters."""
    rows = [(step, *growth_of(step, unit, 20_000, 80_000), name) for name, unit in kinds().items() for step in STEPS]
    for step in STEPS:
        own = [row for row in rows if row[0] == step]
        print(f"{step}: {len(own)} kinds, {sum(seconds for _, seconds, _, _ in own):.1f} s for all")
        for title, at in (("grows", 2), ("takes", 1)):
            for _, seconds, ratio, name in sorted((row for row in own if row[1] > 0.1), key=lambda r: -r[at])[:5]:
                print(f"    {title}  {ratio:5.1f} times  {seconds:6.2f} s  {name}")


if __name__ == "__main__":
    main()
