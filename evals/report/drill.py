"""Every case of a run, to be opened: what was asked, and what each system made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.records import Result, Value
from evals.report.markup import Markup, element, together
from evals.report.summary import title_of

LONGEST = 2_000
"""Letters of an answer or of any other text; the whole stands in the file of results."""
LONGEST_QUOTE = 320
MOST = 8
"""Entries of a list."""
FILTERS = {"all": "all", "differing": "differing", "wrong": "not right", "error": "errors"}


def drill_down(results: Sequence[Result], systems: Sequence[str], main: str | None) -> Markup:
    """All cases in order with buttons to choose among them, which a script shows.

    Of a case of the report half only right or not right is told: who reads why it fails begins to tune to it.

    Args:
        main: The measure that says whether a case is right.
    """
    cases: dict[str, dict[str, Result]] = {}
    for result in results:
        cases.setdefault(result.item.id, {})[result.system] = result
    tags = {case: _tags(by_system, main) for case, by_system in cases.items()}
    counts = {name: sum(name in found for found in tags.values()) for name in FILTERS}
    buttons = [
        element("button", f"{title} ({counts[name]})", type="button", data_show=name, aria_pressed=_yes(name == "all"))
        for name, title in FILTERS.items()
    ]
    shown = [
        _case({name: by_system[name] for name in systems if name in by_system}, main, tags[case])
        for case, by_system in cases.items()
    ]
    return element("div", element("p", *buttons, class_="filters", hidden=True), *shown, class_="cases")


def _tags(by_system: Mapping[str, Result], main: str | None) -> list[str]:
    values = [value for result in by_system.values() if (value := _main(result, main)) is not None]
    tags = {
        "all": True,
        "differing": len(set(values)) > 1,
        "wrong": any(value < 1 for value in values),
        "error": any(result.error is not None for result in by_system.values()),
    }
    return [name for name, holds in tags.items() if holds]


def _case(by_system: Mapping[str, Result], main: str | None, tags: Sequence[str]) -> Markup:
    item = next(iter(by_system.values())).item
    secret = item.half == "report"
    badges = [
        element("span", f"{name} ", _badge(result, main, secret), class_="of") for name, result in by_system.items()
    ]
    half = f" · {item.half} half" if item.half else ""
    summary = element(
        "summary",
        element("span", item.question, class_="question"),
        element("span", f"{item.id} · {item.kind}{half}", class_="quiet"),
        element("span", *badges, class_="badges"),
    )
    if secret:
        inside = element("p", "Of the report half only right or not right is shown.", class_="quiet")
    else:
        expected = next((one.shown["expected"] for one in by_system.values() if one.shown.get("expected")), None)
        inside = together(
            element("section", element("h4", "Expected"), _value(expected)) if expected else None,
            element("div", *(_system(name, one, main) for name, one in by_system.items()), class_="systems"),
        )
    return element("details", summary, inside, class_="case", data_tags=" ".join(tags))


def _badge(result: Result, main: str | None, secret: bool) -> Markup:
    """The outcome in a word."""
    value, outcome = _main(result, main), result.shown.get("outcome")
    if result.error is not None:
        return element("b", "error", class_="badge error")
    if value is None:
        word = outcome if isinstance(outcome, str) and not secret else "not scored"
        return element("b", word, class_="badge")
    right = value >= 1
    word = "right" if right else "not right"
    if not secret and isinstance(value, bool):
        word = outcome if isinstance(outcome, str) else word
    elif not secret and main is not None:
        word = f"{title_of(main)} {value:.2f}"
    return element("b", word, class_=f"badge {'right' if right else 'wrong'}")


def _system(name: str, result: Result, main: str | None) -> Markup:
    shown = result.shown
    parts: list[Markup | None] = [element("h4", f"{name} ", _badge(result, main, False))]
    if result.error is not None:
        parts.append(element("p", result.error, class_="failure"))
    known = {"expected"}
    if isinstance(shown.get("outcome"), str):
        known.add("outcome")
    if _is_answer(shown.get("answer")):
        known.add("answer")
        parts.append(_answer(shown["answer"]))
    parts.append(_list("Reasons", result.reasons))
    if isinstance(evidence := shown.get("evidence"), list):
        known.add("evidence")
        heading = element("summary", f"Evidence ({len(evidence)})")
        parts.append(element("details", heading, _citations(evidence), class_="evidence"))
    rest = {key: value for key, value in shown.items() if key not in known}
    parts.append(_value(rest) if rest else None)
    return element("section", *parts, _costs(result))


def _is_answer(value: Any) -> bool:
    """Whether it has the shape that `_answer` shows; whatever has another is shown as lists."""
    if not isinstance(value, Mapping):
        return False
    claims = value.get("claims", [])
    if not (isinstance(claims, list) and all(isinstance(claim, Mapping) for claim in claims)):
        return False
    lists = [value.get("problems", []), *(claim.get(name, []) for claim in claims for name in ("reasons", "citations"))]
    return all(isinstance(one, list) for one in lists)


def _answer(answer: Mapping[str, Any]) -> Markup:
    text = str(answer.get("text") or "")
    status = str(answer.get("status") or "no text").replace("_", " ")
    claims = [
        element(
            "li",
            element("p", _cut(str(claim.get("text") or "")), " ", element("i", str(claim.get("verdict") or ""))),
            _list(None, claim.get("reasons", [])),
            _citations(claim["citations"]) if claim.get("citations") else None,
        )
        for claim in answer.get("claims", [])
    ]
    return together(
        element("p", _cut(text) if text else status, class_="answer" if text else "answer quiet"),
        element("ol", *claims, class_="claims") if claims else None,
        _list("Problems", answer.get("problems", [])),
    )


def _citations(citations: Sequence[Any]) -> Markup:
    shown = [_citation(one) if isinstance(one, Mapping) else _value(one) for one in citations[:MOST]]
    return element("ul", *(element("li", one) for one in (*shown, *_more(citations))), class_="citations")


def _citation(citation: Mapping[str, Any]) -> Markup:
    named = [citation.get("outlet"), citation.get("published"), citation.get("title"), citation.get("file")]
    if citation.get("start") is not None:
        named.append(f"{citation['start']} to {citation.get('end')}")
    return together(
        element("span", " · ".join(str(one) for one in named if one), class_="quiet"),
        element("q", _cut(str(citation.get("quote") or ""), LONGEST_QUOTE)) if citation.get("quote") else None,
    )


def _costs(result: Result) -> Markup | None:
    seconds = [f"{name.replace('_', ' ')} {value:.2f} s" for name, value in result.seconds.items()]
    counted = [f"{value:,} tokens {name}" for name, value in result.tokens.items()]
    return element("p", " · ".join([*seconds, *counted]), class_="quiet") if seconds or counted else None


def _list(title: str | None, entries: Sequence[Any]) -> Markup | None:
    if not entries:
        return None
    heading = element("b", title) if title else None
    listed = [element("li", _cut(str(entry))) for entry in entries[:MOST]]
    return element(
        "div", heading, element("ul", *listed, *(element("li", one) for one in _more(entries))), class_="list"
    )


def _value(value: Any) -> Markup:
    """Any JSON value as lists within lists."""
    if isinstance(value, Mapping):
        pairs = [(name, one) for name, one in value.items() if one not in (None, "", [], {})]
        return element(
            "dl",
            *(together(element("dt", str(name).replace("_", " ")), element("dd", _value(one))) for name, one in pairs),
        )
    if isinstance(value, list | tuple):
        if all(isinstance(one, str | int | float) for one in value):
            return together(_cut(" | ".join(map(str, value))))
        return element(
            "ul", *(element("li", _value(one)) for one in value[:MOST]), *(element("li", m) for m in _more(value))
        )
    return together(_cut("none" if value is None else str(value)))


def _more(entries: Sequence[Any]) -> list[str]:
    return [f"and {len(entries) - MOST} more in the file of results"] if len(entries) > MOST else []


def _cut(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} letters)"


def _main(result: Result, main: str | None) -> Value:
    return result.measures.get(main) if main is not None else None


def _yes(holds: bool) -> str:
    return "true" if holds else "false"
