"""Tables of figures by system, each figure with its interval and its n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evals.measures.names import MEASURES
from evals.records import Result
from evals.report.markup import Markup, element, together
from evals.report.summary import (
    STEPS,
    TOKENS,
    Figure,
    Interval,
    Quantiles,
    Share,
    answer_words,
    derive,
    errors,
    latency,
    names_of,
    summarise,
    title_of,
    tokens,
)

Row = tuple[str, str | None, list[Markup]]
"""Title, what it means, and a cell a system."""

NONE = element("td", "–", class_="none")


def measures_table(by_system: Mapping[str, Sequence[Result]]) -> Markup:
    """Measure by system, then times, tokens, words and errors."""
    figures = {system: summarise(results) for system, results in by_system.items()}
    derived = {system: derive(one) for system, one in figures.items()}
    rows: list[Row] = []
    for name in names_of(figures.values()):
        cells = [_figure(figures[system].get(name), len(results)) for system, results in by_system.items()]
        rows.append((title_of(name), MEASURES[name].meaning if name in MEASURES else None, cells))
    for name in names_of(derived.values()):
        cells = [_derived(derived[system].get(name)) for system in by_system]
        rows.append((title_of(name), "from the figures above", cells))
    for step in STEPS:
        cells = [_quantiles(latency(results, step), " s", len(results)) for results in by_system.values()]
        rows.append((f"seconds to {step.replace('_', ' ')}", "median (nine tenths within)", cells))
    for kind in TOKENS:
        cells = [_quantiles(tokens(results).get(kind), "", len(results)) for results in by_system.values()]
        rows.append((f"tokens {kind}", "median (nine tenths within)", cells))
    cells = [_quantiles(answer_words(results), "", len(results)) for results in by_system.values()]
    rows.append(("words of an answer", "median (nine tenths within)", cells))
    failed = [_cell(str(errors(one)), None, f"of {len(one)}") for one in by_system.values()]
    rows.append(("ended in an error", "not scored, not wrong", failed))
    rows = [row for row in rows if any(cell != NONE for cell in row[2])]
    return _table("measure", list(by_system), rows)


def kinds_table(kinds: Mapping[str, Sequence[Result]], main: str, systems: Sequence[str]) -> Markup:
    """The main measure by group of results and system."""
    rows: list[Row] = []
    for kind, results in kinds.items():
        by_system = [[result for result in results if result.system == system] for system in systems]
        rows.append((kind, None, [_figure(summarise(one).get(main), len(one)) for one in by_system]))
    return _table("kind", systems, rows)


def _table(corner: str, systems: Sequence[str], rows: Sequence[Row]) -> Markup:
    heads = [element("th", name, scope="col") for name in (corner, *systems)]
    lines = [
        element(
            "tr",
            element("th", title, element("small", meaning) if meaning else None, scope="row"),
            *cells,
        )
        for title, meaning, cells in rows
    ]
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *lines))
    return element("div", table, class_="wide", tabindex="0")


def _figure(figure: Figure | None, asked: int) -> Markup:
    if figure is None or figure.value is None:
        return NONE
    if isinstance(figure, Share):
        n = f"{figure.held} of {figure.of}" + (f" scored, {asked} asked" if figure.of < asked else "")
        return _cell(f"{figure.value:.1%}", _spread(figure.interval, ".0%"), n)
    n = f"{figure.of} of {asked} scored"
    return _cell(f"{figure.value:.3f}", _spread(figure.interval, ".2f"), n)


def _derived(value: float | None) -> Markup:
    return NONE if value is None else _cell(f"{value:.3f}", None, None)


def _quantiles(found: Quantiles | None, unit: str, asked: int) -> Markup:
    if found is None:
        return NONE
    return _cell(f"{_number(found.median)}{unit}", f"({_number(found.p90)}{unit})", f"{found.of} of {asked}")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _cell(value: str, spread: str | None, n: str | None) -> Markup:
    parts = together(element("b", value), *((" ", element("span", spread)) if spread else ()))
    return element("td", parts, element("small", n) if n else None)


def _spread(interval: Interval | None, form: str) -> str | None:
    return f"({interval[0]:{form}} to {interval[1]:{form}})" if interval else None
