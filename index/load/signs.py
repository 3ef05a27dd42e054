"""What the lines at the head of a text may say of it, and how far each way of saying it is believed."""

from __future__ import annotations

from dataclasses import dataclass

STATED, LABELLED, SITE, DATELINE, PLAIN, IMPLIED, UPDATED, ELSEWHERE = range(8)


@dataclass(frozen=True, slots=True)
class Read:
    """A value and where it was read, in words."""

    value: str
    origin: str
    sure: bool = True
    """Whether it is stated, and not only implied."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty, without markup for links and headings."""

    number: int
    text: str
    heading: bool = False
    day_first: bool | None = None
    """Whether 03/04/2024 is in April, where another date of the document decides."""

    @property
    def words(self) -> int:
        return len(self.text.split())

    def read(self, value: str) -> Read:
        """`value`, with this line as its origin."""
        shown = self.text if len(self.text) <= 60 else self.text[:59] + "…"
        return Read(value.strip(), f"line {self.number}: {shown!r}")


@dataclass(frozen=True, slots=True)
class Sign:
    """That a line says something of the document; of two for one field that of the smaller rank is believed."""

    field: str
    rank: int
    found: Read
