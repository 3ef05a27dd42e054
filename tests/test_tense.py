"""Whether a time of the text lies ahead of the report or behind it, by the verbs around it."""

from __future__ import annotations

from datetime import date

import pytest

from index.dates import find_mentions

WEDNESDAY = date(2024, 3, 6)
LAST, NEXT = "2024-03-01", "2024-03-08"
AHEAD = """
The president flies to Oslo on Friday.
Talks on herring resume Friday in Tromsø.
She is meeting the king on Friday.
Ahead of Friday's vote, both sides rallied.
The cabinet meets on Friday to discuss the loan.
Lawmakers vote Friday on the measure.
“We play them on Friday,” the coach said.
Friday is the deadline for bids.
On Friday, the pope celebrates Mass in Rome.
The two men are due in court on Friday.
He has until Friday to decide.
The bank said it opens its new branch on Friday.
Officials say schools reopen Friday.
They agreed to meet on Friday.
The summit, which begins on Friday, is the first in years.
The Armed Forces hold exercises on Friday.
The vote is held on Friday.
The match may be called off on Friday.
Dr. Lee gives the lecture on Friday.
Deadline: Friday
Doors open Fri 8 March at noon.
""".strip().splitlines()
BEHIND = (
    """
The man is accused of killing his wife on Friday.
The minister is believed to have left on Friday.
A spokesman could not be reached on Friday.
Friday's attack is the worst in years.
Protesters march in Cairo on Friday. (AP Photo/A. Nabil)
Peacekeepers at a camp in Sudan on Friday.
The law passed on Friday means that banks pay more.
The attack on Friday is the third this month.
He is in hospital after a crash on Friday.
People are mourning the victims of Friday's fire.
The storm, which hit on Friday, is moving east.
Police are hunting a man who escaped from jail on Friday.
The rebels put down their arms on Friday.
The court refused to hear him on Friday.
THE MINISTER RESIGNED ON FRIDAY.
The treaty was signed by both of the envoys in
Geneva on Friday.
""".strip()
    .replace("in\nGeneva", "in~Geneva")
    .splitlines()
)


@pytest.mark.parametrize("text", AHEAD)
def test_a_sentence_in_the_present_or_the_future_speaks_of_the_next_friday(text: str) -> None:
    assert find_mentions(text, WEDNESDAY)[0].resolved == NEXT


@pytest.mark.parametrize("text", BEHIND)
def test_a_past_a_caption_or_a_heading_speaks_of_the_last_friday_over_a_line_end_too(text: str) -> None:
    assert find_mentions(text.replace("~", "\n"), WEDNESDAY)[0].resolved == LAST


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The deadline is March 15.", "2024-03-15"),
        ("Ahead of elections in May, prices rose.", "2024-05"),
        ("The fair is held on the first Tuesday in November.", "2024-11-05"),
        ("He has been ill since March 15.", "2023-03-15"),
    ],
)
def test_so_it_is_with_days_and_months_of_the_year(text: str, expected: str) -> None:
    assert [mention.resolved for mention in find_mentions(text, WEDNESDAY)] == [expected]
