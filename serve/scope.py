"""What a key may see: every request's filter is narrowed to it before anything is searched, listed or shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.errors import LibraryError
from index.filters import find_document, folded, match
from index.pipeline import Library
from index.records import EVERYTHING, Facts, Filter, Matching
from qa.records import Answer
from serve.errors import Refused
from serve.keys import Key


def visible(library: Library, key: Key) -> Sequence[Facts]:
    """What is known about the documents that `key` may see, ordered by path."""
    facts = library.facts()
    if not key.collections:
        return facts
    allowed = set(map(folded, key.collections))
    return [one for one in facts if folded(one.collection) in allowed]


def narrowed(library: Library, key: Key, chosen: Filter) -> Filter:
    """`chosen`, less what `key` may not see.

    Raises:
        Refused: 403 if it names collections or documents that are not for this key, 404 if it leaves nothing, 409 if
            there is no document at all. The words tell only of documents that the key may see.
    """
    facts = visible(library, key)
    if not facts:
        raise empty(library, key)
    if key.collections:
        chosen = replace(_allowed(key, facts, chosen), collections=chosen.collections or key.collections)
    try:
        match(chosen, facts)
    except LibraryError as error:
        raise Refused(404, "nothing_matches", str(error)) from error
    return chosen


def _allowed(key: Key, facts: Sequence[Facts], chosen: Filter) -> Filter:
    allowed, outlets = set(map(folded, key.collections)), {folded(one.outlet) for one in facts}
    for name in chosen.collections:
        if folded(name) not in allowed:
            raise _not_for(key, f"the collection {name!r}")
    for name in chosen.outlets:
        if folded(name) not in outlets:  # else whether others have it could be told from the answer
            raise Refused(404, "nothing_matches", f"No document has the outlet {name!r}. Leave it out.")
    return replace(chosen, documents=tuple(the_document(key, facts, one).doc_id for one in chosen.documents))


def the_document(key: Key, facts: Sequence[Facts], target: str) -> Facts:
    """The document of `facts` named by its id, its first digits or its path.

    Raises:
        Refused: 404 if there is none; 403 for a key that does not see all, which is not told whether others have it.
    """
    try:
        return find_document(target, facts, "nothing was done", "GET /v1/documents lists them")
    except LibraryError as error:
        if key.collections:
            raise _not_for(key, f"the document {target!r}") from error
        raise Refused(404, "unknown_document", str(error)) from error


def matching(library: Library, key: Key, chosen: Filter) -> tuple[Matching, Filter]:
    """The documents that are left of `chosen` for this key, and the filter that says so. Raises as `narrowed`."""
    narrow = narrowed(library, key, chosen)
    if narrow == EVERYTHING:
        return library.matching(narrow), narrow
    found = match(narrow, visible(library, key))
    return found, narrow


def for_key(library: Library, key: Key, answer: Answer) -> Answer:
    """The answer, in which a key that does not see all is not told how many documents there are."""
    if not key.collections:
        return answer
    return replace(answer, searched=replace(answer.searched, out_of=len(visible(library, key))))


def empty(library: Library, key: Key) -> Refused:
    """What is said where there is nothing to search."""
    if key.collections:
        names = ", ".join(map(repr, key.collections))
        return Refused(409, "library_empty", f"No document is in the collections of this key yet: {names}.")
    return Refused(
        409,
        "library_empty",
        f"The library in {str(library.folder)!r} holds no documents yet, so there is nothing to answer from. "
        "Add some: dateline add FOLDER, or POST /v1/documents",
    )


def _not_for(key: Key, what: str) -> Refused:
    names = ", ".join(map(repr, key.collections))
    return Refused(
        403, "collection", f"The key {key.name!r} sees only {names}, and not {what}. Ask for those, or none."
    )
