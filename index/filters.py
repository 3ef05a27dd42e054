"""A filter against what is known about the documents: which are left, and what to say when none is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from index.errors import LibraryError
from index.files import absolute
from index.records import EVERYTHING, Facts, Filter, Matching

MIN_PREFIX = 4
MAX_NAME = 80
"""Characters in the name of a collection."""
NAMED = 5
"""Outlets, collections or documents named in a message, at most; the rest is counted."""

Fits = Callable[[Facts], bool]


def match(chosen: Filter, facts: Sequence[Facts]) -> Matching:
    """The documents of the library, given by their `facts`, that `chosen` leaves.

    Raises:
        LibraryError: If none is left, a document is unknown, or the dates are the wrong way round. The message says
            which field matched nothing, and what there is.
    """
    if chosen == EVERYTHING:
        return Matching(None, len(facts))
    check_days(chosen)
    named = {one.doc_id: one for one in (find_document(t, facts, "nothing was searched") for t in chosen.documents)}
    fields = _fields(chosen, named)
    for field, fits in fields.items():
        if not any(map(fits, facts)):
            raise LibraryError(_nothing(field, chosen, facts))
    left = [one for one in facts if all(fits(one) for fits in fields.values())]
    others = [fits for field, fits in fields.items() if field != "dates"]
    undated = sum(one.published is None and all(fits(one) for fits in others) for one in facts if "dates" in fields)
    if not left:
        raise LibraryError(_nothing_together(fields, facts, undated))
    return Matching(
        tuple(one.doc_id for one in left),
        len(left),
        undated,
        tuple(one.title for one in named.values()),
        tuple(_problems(chosen, facts, undated)),
    )


def check_days(chosen: Filter) -> None:
    """Raise a LibraryError when the first day is after the last."""
    if chosen.since and chosen.until and chosen.since > chosen.until:
        raise LibraryError(
            f"The first day, {chosen.since}, is after the last day, {chosen.until}, so no document can be in between. "
            "Change one of them."
        )


def find_document(
    target: str, facts: Sequence[Facts], consequence: str, there: str = "`dateline list` shows them all"
) -> Facts:
    """The one document with this path, id, or these first digits of its id.

    Args:
        consequence: What the error says of everything else.
        there: Where the user finds those that can be named.

    Raises:
        LibraryError: If there is none, or several.
    """
    uri = str(absolute(target))
    found = [one for one in facts if one.uri == uri] or [
        one
        for one in facts
        if one.doc_id == target or (len(target) >= MIN_PREFIX and one.doc_id.startswith(target.lower()))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        listed = _some([f"{one.doc_id} ({one.uri})" for one in found])
        raise LibraryError(f"{target!r} stands for several documents: {listed}. Give more digits; {consequence}.")
    raise LibraryError(f"No document has the id or path {target!r}. {there}; {consequence}.")


def folded(name: str | None) -> str | None:
    """What is compared of the name of an outlet or a collection."""
    return None if name is None else name.strip().casefold()


def collection_name(typed: str) -> str:
    """The name of a collection as it is kept, on one line.

    Raises:
        LibraryError: If it is empty, too long, or holds what is no text.
    """
    name = " ".join(typed.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise LibraryError(
            f"{typed[:MAX_NAME]!r} is no name for a collection: it is empty, longer than {MAX_NAME} characters, or "
            "holds signs that cannot be shown. Give another; nothing was added."
        )
    return name


def names_of(names: Iterable[str | None]) -> list[str]:
    """Each name once, in its most frequent spelling, the most frequent first."""
    spellings: dict[str, Counter[str]] = {}
    for name in names:
        if name is not None:
            spellings.setdefault(name.strip().casefold(), Counter())[name.strip()] += 1
    ordered = sorted(spellings.items(), key=lambda found: (-found[1].total(), found[0]))
    return [counted.most_common(1)[0][0] for _, counted in ordered]


def _fields(chosen: Filter, named: Iterable[str]) -> dict[str, Fits]:
    """A test for each field that is set."""
    since, until, ids = chosen.since or date.min, chosen.until or date.max, frozenset(named)
    outlets, collections = frozenset(map(folded, chosen.outlets)), frozenset(map(folded, chosen.collections))
    fields: dict[str, Fits] = {}
    if chosen.since or chosen.until:
        fields["dates"] = lambda one: one.published is not None and since <= one.published <= until
    if outlets:
        fields["outlets"] = lambda one: folded(one.outlet) in outlets
    if collections:
        fields["collections"] = lambda one: folded(one.collection) in collections
    if ids:
        fields["documents"] = lambda one: one.doc_id in ids
    return fields


def _nothing(field: str, chosen: Filter, facts: Sequence[Facts]) -> str:
    if not facts:
        return "The library holds no documents yet, so nothing can be searched. Add some: dateline add FOLDER"
    if field == "dates":
        days = sorted(one.published for one in facts if one.published)
        dated = f"The dated documents are from {days[0]} to {days[-1]}" if days else "No document has a date"
        undated = len(facts) - len(days)
        without = f", and {undated:,} of {len(facts):,} have none" if undated and days else ""
        return f"No document was published {_range(chosen)}. {dated}{without}. Change the dates or leave them out."
    wanted, there = (
        (chosen.outlets, names_of(one.outlet for one in facts))
        if field == "outlets"
        else (chosen.collections, names_of(one.collection for one in facts))
    )
    one = field.removesuffix("s")
    said = f"The {field} are: {_some(map(repr, there))}" if there else f"No document has {_a(one)}"
    give = " Documents get one with `dateline add PATH --collection NAME`." if field == "collections" else ""
    return f"No document has the {one} {' or '.join(map(repr, wanted))}. {said}. Choose another or leave it out.{give}"


def _nothing_together(fields: dict[str, Fits], facts: Sequence[Facts], undated: int) -> str:
    counts = [f"{field} {sum(map(fits, facts)):,}" for field, fits in fields.items()]
    but = f" {undated:,} that fit otherwise have no date." if undated else ""
    return (
        f"No document fits all of the filter, though each part alone has some ({', '.join(counts)} of "
        f"{len(facts):,}).{but} Leave a part out."
    )


def _problems(chosen: Filter, facts: Sequence[Facts], undated: int) -> Iterable[str]:
    if undated:
        were = "document has no date and was" if undated == 1 else "documents have no date and were"
        yield f"{undated:,} {were} not searched, because a range of dates was asked for."
    for one, wanted, there in (
        ("outlet", chosen.outlets, {folded(each.outlet) for each in facts}),
        ("collection", chosen.collections, {folded(each.collection) for each in facts}),
    ):
        yield from (f"No document has the {one} {name!r}." for name in wanted if folded(name) not in there)


def _range(chosen: Filter) -> str:
    if chosen.since and chosen.until:
        return f"from {chosen.since} to {chosen.until}"
    return f"on or after {chosen.since}" if chosen.since else f"on or before {chosen.until}"


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - NAMED:,} more" if len(every) > NAMED else ""
    return ", ".join(every[:NAMED]) + more


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
