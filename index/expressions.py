"""The time expressions of news prose as one pattern: each kind is a named group, tried in this order."""

from __future__ import annotations

import calendar
import re

from index.days import ANY_FULL_DATE, ANY_YEAR, DAY, DAY_MONTH, MONTH, WEEKDAY, YEAR
from index.resolve import CENTURIES, COUNT, FEAST, QUARTER, SEASON

_BEFORE_MONTH = (
    r"(?:in|since|until|till|by|during|from|before|after|of|between|this past|past|(?:early |late |later |earlier )?"
    r"(?:last|next|this)|early|late|mid)"
)
_BEFORE_YEAR = r"(?:in|since|until|till|by|during|from|before|after|around|circa|early|late|mid|between|and|to|year|an)"
_COUNTED = r"(?! (?!was |as |is |has |his |its |this )(?:[a-z]+s|people|men|women|children|per|of)\b)"
"""What follows a number that counts: "to 1500 villages", not "in 1564 the colony"."""
_WITHIN = "(?:(?<=in )|(?<=during )|(?<=over )|(?<=since ))"
_WELL_KNOWN = r"(?<!Ash )(?<!Black )(?<!Super )(?<!Bloody )(?<!Palm )(?<!Cyber )"
"""Days that are names: Super Tuesday is no Tuesday that was."""
_OF_DAY = r"(?:morning|afternoon|evening|night)"
_CLEAR_MONTH = rf"(?:{'|'.join(calendar.month_name[1:])})(?![\w-]|[’'] | (?-i:[A-Z]|\d))"
"""A month without the name of a person or the number of a day behind it; see `_is_time` for March and May."""
_LEAD = r"(?:\b(?=\w)|(?=[(’'])|(?=(?:19|20)\d\d))(?:"
"""Where one may begin: tried first, since most of a text is in the middle of words."""

TIME_WORDS = re.compile(
    _LEAD
    + "|".join(
        (
            rf"(?P<range>\b{MONTH} {DAY}(?: ?[-–] ?| (?:to|and|until|through) ){DAY}\b"
            rf"(?:,? {ANY_YEAR}\b|(?! (?:{MONTH}|[a-z]+s\b|people|per)))"
            rf"|\b{DAY}(?: ?[-–] ?| (?:to|and|until) ){DAY}(?: of)? {MONTH}(?:,? {ANY_YEAR}\b)?)",
            rf"(?P<full>{ANY_FULL_DATE})",
            rf"(?P<month_year>\b(?:early |late |mid-?)?{MONTH},? (?:of )?{ANY_YEAR}\b)",
            rf"(?P<day_month>{DAY_MONTH})",
            rf"(?P<season_year>\b(?:the )?(?:last |this |next )?(?:{SEASON}) (?:of |in )?{ANY_YEAR}\b)",
            rf"(?P<season>\b(?:last|this|next|{_WITHIN}the) (?:{SEASON})\b(?! (?:of|months?)\b))",
            rf"(?P<that_weekday>\b(?:that|the (?:following|next|previous|same)) {WEEKDAY}\b)",
            rf"(?P<weekday>{_WELL_KNOWN}\b(?:last |this |next )?{WEEKDAY}\b(?!-))",
            rf"(?P<month>\b{_BEFORE_MONTH} {MONTH}\b(?: this year| last year)?(?!,? (?:of )?{ANY_YEAR}| {DAY}\b))",
            rf"(?P<bare_month>\b{_CLEAR_MONTH})",
            rf"(?P<quarter_year>\b(?:the )?(?:{QUARTER}) quarter (?:of |in )?{YEAR}\b|\bQ[1-4] (?:of )?{YEAR}\b)",
            rf"(?P<quarter>\b(?:the )?(?:{QUARTER}) quarter\b(?: of (?:the|this|last) year)?)",
            r"(?P<relative>\b(?:earlier |later )?(?:last|this|next) (?:week|month|year|weekend)\b"
            r"|(?:(?<=ing of )|(?<=start of )|(?<=end of )|(?<=middle of )|(?<=during ))the year\b(?! (?:of|\d)))",
            r"(?P<day>\b(?:today|yesterday|tomorrow|tonight|the day before yesterday|the day after tomorrow"
            r"|this (?:morning|afternoon|evening)|last night)\b)",
            rf"(?P<ago>\b{COUNT} (?:year and a half|(?:day|week|fortnight|month|year|decade)s?) ago\b)",
            r"(?P<that>\b(?:later )?(?:that|the same|the very same) (?:day|week|weekend|month|year)\b"
            rf"|\b(?:that|the same) {_OF_DAY}\b"
            rf"|\bthe (?:following|next|previous) (?:day|week|weekend|month|year|{_OF_DAY})\b"
            r"|\bthe (?:day|week|month|year) (?:before|after)(?=[.,;)]))",
            rf"(?P<later>\b{COUNT} (?:day|week|fortnight|month|year|decade)s? (?:later|earlier)\b)",
            rf"(?P<around>\b{COUNT} (?:day|week|month|year)s? (?:after|before) )",
            rf"(?P<feast>\b(?:{FEAST})(?!\w| (?:Island|Rising|eggs?)\b))",
            rf"(?P<year>(?:(?<![\d$£€.,/-])|(?<=\b(?:19|20)\d\d-)|(?<=\bmid-)|(?<=\blate-)|(?<=\bearly-))(?:{YEAR})"
            rf"(?![\d%]|[,./]\d|-(?!{YEAR}(?![\d-]))\d{{3}}|-\d\d?[-/]|s\b))",
            r"(?P<short_year>(?<=(?:19|20)\d\d[-–])\d{1,2}(?![\d%]|[-.,/]\d))",
            rf"(?P<old_year>\b{_BEFORE_YEAR} 1[0-8]\d\d(?![\d%]|[,./]\d|-[a-z]|s\b){_COUNTED}|\(1[0-8]\d\d(?=\)|[–-]))",
            rf"(?P<decade>\bthe (?:early |late |mid-?)?{ANY_YEAR[:-2]}0s\b)",
            r"(?P<short_decade>[’']\d0s\b|\bthe (?:early |late |mid-?)?[5-9]0s\b)",
            rf"(?P<century>\b(?:early |late |mid-?)?(?:{CENTURIES})(?:(?: and | to |[–-])(?:{CENTURIES}))?"
            r"[ -]centur(?:y|ies)\b)",
        )
    )
    + ")",
    re.I,
)
