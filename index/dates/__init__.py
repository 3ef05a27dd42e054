"""Dates and times in a text, and the calendar days that they stand for."""

from index.dates.mentions import find_mentions

__all__ = ["find_mentions"]
