"""The time expressions of news prose as one pattern: each kind is a named group, tried in this order."""

from __future__ import annotations

import calendar
import re

from index.dates.counted import COUNT, UNIT
from index.dates.days import ANY_FULL_DATE, ANY_YEAR, DAY, DAY_MONTH, MONTH, WEEKDAY, YEAR
from index.dates.feasts import FEAST, KNOWN
from index.dates.resolve import CENTURIES, QUARTER, SEASON, SHORT_DAY

_BEFORE_MONTH = (
    r"(?:in|since|until|till|by|during|from|before|after|of|between|this past|past|(?:early |late |later |earlier )?"
    r"(?:last|next|this)|early|late|mid)"
)
_BEFORE_YEAR = (
    r"(?:in|since|until|till|by|during|from|before|after|around|circa|c\.|early|late|mid|between|and|to|year|an)"
)
_OF = r"the (?:[A-Za-z’'-]{1,20} ){1,3}of"
"""What is a year behind it as it is one thing: "the charter of 1215", not "a force of 1500"."""
_COUNTED = r"(?! (?!was |as |is |has |his |its |this )(?:[a-z]+s|people|men|women|children|per|of)\b)"
"""What follows a number that counts: "to 1500 villages", not "in 1564 the colony"."""
_WITHIN = "(?:(?<=in )|(?<=during )|(?<=over )|(?<=since ))"
_NAMED_DAY = (
    "(?-i:Ash|Black|Super|Bloody|Palm|Cyber|Giving|Sheffield|Fat|Pancake|Holy|Spy|Man|Girl|Ruby|Casual|Freaky|Taco|Big"
    "|Golden|Mothering|Mad|Wacky|Small Business|Record Store) "
)
"""What makes a name of a weekday: Super Tuesday is no Tuesday that was."""
_OLD_YEAR = r"1[0-8]\d\d(?![\d%]|[,./]\d|-[a-z]|s\b)"
_NTH = rf"(?<!every )(?<!each )\b(?:the )?(?:{QUARTER}|fifth|last) {WEEKDAY} (?:of|in)"
_BOOKS = rf"(?:(?:fiscal|financial)(?: year| quarter| (?:{QUARTER}) quarter| Q[1-4])?|tax year)"
_TWO_YEARS = r"(?:[-–/]\d\d(?:\d\d)?)?(?!\d)"
_FISCAL = (
    rf"(?:(?:(?:the )?(?:(?:{QUARTER}) (?:quarter |half )|[QH][1-4] )?(?:of )?(?:its |the )?{_BOOKS}(?: of| in)? {YEAR}"
    rf"|FY ?[’']?(?:{YEAR}|\d\d)){_TWO_YEARS}|{YEAR}{_TWO_YEARS} (?:fiscal|financial|tax) year)"
)
"""A year of somebody's books, which is no year of the calendar."""
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
            rf"(?P<named_day>{_NAMED_DAY}{WEEKDAY}\b)",
            rf"(?P<nth_year>{_NTH} {MONTH},? {ANY_YEAR}\b)",
            rf"(?P<nth>{_NTH} (?:{MONTH}(?!\w)|(?:the|this|next|last) month\b))",
            rf"(?P<full>{ANY_FULL_DATE})",
            rf"(?P<fiscal>\b{_FISCAL})",
            rf"(?P<years>(?<![\d/]){YEAR}/\d\d(?![\d/]))",
            rf"(?P<known>\b(?:{KNOWN})(?![\w/]))",
            rf"(?P<month_year>\b(?:early |late |mid-?)?{MONTH},? (?:of )?{ANY_YEAR}\b)",
            rf"(?P<day_month>\b(?:(?:{WEEKDAY}|{SHORT_DAY}\.?),? )?{DAY_MONTH})",
            rf"(?P<season_year>\b(?:the )?(?:last |this |next )?(?:{SEASON}) (?:of |in )?{ANY_YEAR}\b)",
            rf"(?P<season>\b(?:last|this|next|{_WITHIN}the) (?:{SEASON})\b(?! (?:of|months?)\b))",
            rf"(?P<that_weekday>\b(?:that|the (?:following|next|previous|same)) {WEEKDAY}\b)",
            rf"(?P<weekday_of_week>\b{WEEKDAY} (?:(?:of )?(?:last|this|next) )?week\b"
            rf"|\b{COUNT} (?:week|fortnight)s? (?:(?:ago|from)(?: on| last| this| next)?|last|on) {WEEKDAY}\b)",
            rf"(?P<weekday>\b(?:last |this |next )?(?:{WEEKDAY}\b(?!-)|(?:(?<=\bon )|(?=[TF])){SHORT_DAY}\.)"
            rf"|\bthe {WEEKDAY} (?:before last|after next)\b)",
            rf"(?P<month>\b{_BEFORE_MONTH} {MONTH}\b(?: this year| last year)?(?!,? (?:of )?{ANY_YEAR}| {DAY}\b))",
            rf"(?P<bare_month>\b{_CLEAR_MONTH})",
            rf"(?P<quarter_year>\b(?:the )?(?:{QUARTER}|last) (?:quarter|half) (?:of |in )?{YEAR}\b"
            rf"|\b(?:Q[1-4]|[1-4]Q|H[12]|[12]H) (?:of )?{YEAR}\b)",
            rf"(?P<quarter>\b(?:the )?(?:{QUARTER}) (?:quarter\b(?: of (?:the|this|last|next) year)?"
            r"|half of (?:the|this|last|next) year\b))",
            rf"(?P<turn>\bthe turn of the (?:last |this |(?:{CENTURIES})[ -])?(?:century|millennium))",
            r"(?P<relative>\b(?:earlier |later )?(?:last|this|next) (?:week|month|year|weekend|decade|century)\b"
            r"|\bthe (?:week|weekend|month|year) (?:before last|after next)\b"
            r"|\b(?:the|this) past weekend\b|\b(?:year|month)(?:[’']s |-)end\b"
            r"|\b(?:the )?(?:begin\w+|start|middle|end|close) of the (?:week(?:end)?|month|year|decade)\b(?! (?:of|\d))"
            r"|(?<=during )the year\b(?! (?:of|\d)))",
            r"(?P<day>\b(?:today|yesterday|tomorrow|tonight|the day before yesterday|the day after tomorrow"
            r"|this (?:morning|afternoon|evening)|last night"
            r"|overnight(?=[.,;:)]| (?:in|at|as|after|by|with|when|while|to|and|that|near|between|over|across)\b))\b)",
            rf"(?P<span>\b(?:(?:the |these )?(?:past|last|next|coming) {COUNT} {UNIT}s|the past {UNIT}|the last decade)"
            r"\b(?! of))",
            r"(?P<that>\b(?:later )?(?:that|the same|the very same) (?:day|week|weekend|month|year)\b"
            rf"|\b(?:that|the same) {_OF_DAY}\b"
            rf"|\bthe (?:following|next|previous) (?:day|week|weekend|month|year|{_OF_DAY})\b"
            r"|\bthe (?:day|week|month|year) (?:before|after)(?=[.,;)]))",
            rf"\b{COUNT} {UNIT}s?(?: and a half)? (?:(?P<ago>ago\b)|(?P<later>(?:later|earlier)\b)"
            r"|(?P<around>(?:after|before) ))",
            rf"(?P<feast>\b(?:{FEAST})(?!\w| (?:Island|Rising|eggs?|trees?|cards?|presents?|dinner|costumes?)\b))",
            rf"(?P<year>(?:(?<![\d$£€.,/-])|(?<=\b(?:19|20)\d\d-)|(?<=\bmid-)|(?<=\blate-)|(?<=\bearly-))(?:{YEAR})"
            rf"(?![\d%]|[,./]\d|-(?!{YEAR}(?![\d-]))\d{{3}}|-\d\d?[-/]|s\b))",
            r"(?P<short_year>(?<=(?:19|20)\d\d[-–])\d{1,2}(?![\d%]|[-.,/]\d))",
            r"(?P<two_digit>(?:(?<=\bin )|(?<=\bof )|(?<=since )|(?<=until )|(?<=from ))[’']\d\d(?![\w’'%]))",
            rf"(?P<old_year>\b(?:{_BEFORE_YEAR} {_OLD_YEAR}{_COUNTED}|{_OF} {_OLD_YEAR}(?! (?:men|people|women)\b))"
            r"|\(1[0-8]\d\d(?=\)|[–-]))",
            rf"(?P<decade>\bthe (?:early |late |mid-?)?{ANY_YEAR[:-2]}0s\b)",
            r"(?P<short_decade>[’']\d0s\b|\bthe (?:early |late |mid-?)?[5-9]0s\b)",
            rf"(?P<century>\b(?:early |late |mid-?)?(?:{CENTURIES})(?:(?: and | to |[–-])(?:{CENTURIES}))?"
            r"[ -]centur(?:y|ies)\b)",
        )
    ).replace(" ", r"\s")
    + ")",
    re.I,
)
"""Words may stand on two lines."""
