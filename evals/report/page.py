"""One page on runs that needs nothing beside itself: tables, plots, and every case to be opened."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.records import Result
from evals.report.drill import drill_down
from evals.report.markup import Markup, element, markup, together
from evals.report.plots import bars, quality_and_latency
from evals.report.summary import latency, main_measure, main_step, names_of, summarise, title_of
from evals.report.tables import kinds_table, measures_table

if TYPE_CHECKING:
    from evals.report.results import Run

SCRIPT = """
for (const cases of document.querySelectorAll(".cases")) {
  const filters = cases.querySelector(".filters");
  filters.hidden = false;
  filters.addEventListener("click", (event) => {
    const show = event.target.dataset.show;
    if (!show) return;
    for (const one of filters.children) one.setAttribute("aria-pressed", one === event.target);
    for (const one of cases.querySelectorAll(".case")) one.hidden = !one.dataset.tags.split(" ").includes(show);
  });
}
"""


def build_page(runs: Sequence[Run]) -> str:
    """The page as HTML; the same runs give the same page."""
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    hashed = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    # A second lock behind the escaping: the browser itself fetches nothing and runs no script but ours.
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hashed}'"
    names = [f"{run.header['suite']['name']}, {run.header['time'][:16].replace('T', ' ')}" for run in runs]
    links = [element("li", element("a", name, href=f"#run-{number}")) for number, name in enumerate(names, 1)]
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{markup(policy)}">'),
        element("title", "Dateline: how good it is"),
        element("style", Markup(style)),
    )
    body = element(
        "body",
        element("h1", "How good it is"),
        element("nav", element("ul", *links)) if len(runs) > 1 else None,
        *(_run(run, f"run-{number}") for number, run in enumerate(runs, 1)),
        element("script", Markup(SCRIPT)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _run(run: Run, anchor: str) -> Markup:
    main = main_measure(run.results)
    by_system = {system: run.of(system) for system in run.systems}
    main_title = title_of(main) if main else ""
    kinds = _by_kind(run.results) if main else {}
    return element(
        "section",
        element("h2", str(run.header["suite"]["name"])),
        element("p", str(run.header["comparable"]), class_="comparable") if run.header.get("comparable") else None,
        _facts(run),
        element("h3", "Every measure"),
        measures_table(by_system),
        _plots(by_system, main, kinds),
        element("h3", f"{main_title[:1].upper()}{main_title[1:]}, by kind") if main else None,
        kinds_table(kinds, main, run.systems) if main else None,
        element("h3", "Case by case"),
        drill_down(run.results, run.systems, main),
        id=anchor,
        class_="run",
    )


def _facts(run: Run) -> Markup:
    """What was measured, on what and with what."""
    header = run.header
    suite, machine, revision = header["suite"], header.get("machine") or {}, header.get("revision")
    chosen = [
        f"{name} {_plain(value)}" for name, value in (suite.get("chosen") or {}).items() if value not in (None, [])
    ]
    models = [f"{system}: {_model(model)}" for system, model in (header.get("models") or {}).items()]
    cases = len({result.item.id for result in run.results})
    facts = {
        "Cases": f"{cases} ({', '.join(chosen)}), suite {str(suite['sha256'])[:12]}",
        "Time": str(header["time"]),
        "Revision": _revision(revision),
        "Models": "; ".join([*models, f"embedder: {_model(header.get('embedder'))}"]),
        "Machine": f"{machine.get('cpu')}, {machine.get('cores')} cores, {_gigabytes(machine.get('memory_bytes'))}, "
        f"{machine.get('system')}, Python {machine.get('python')}",
        "Peak memory": "not known: the run did not come to its end"
        if run.peak_memory_bytes is None
        else f"{_gigabytes(run.peak_memory_bytes)}, all systems together",
        "File": str(run.path),
    }
    more = {name: header.get(name) or {} for name in ("settings", "packages")}
    return together(
        element(
            "dl", *(together(element("dt", name), element("dd", fact)) for name, fact in facts.items()), class_="facts"
        ),
        *(
            element("details", element("summary", f"{name[0].upper()}{name[1:]}"), _pairs(values), class_="more")
            for name, values in more.items()
            if values
        ),
    )


def _legend(systems: Sequence[str]) -> Markup:
    keys = [
        element("li", element("i", style=f"background: var(--s{number % 8})"), system)
        for number, system in enumerate(systems)
    ]
    return element("ul", *keys, class_="legend")


def _by_kind(results: Sequence[Result]) -> dict[str, list[Result]]:
    """The results of each kind, of each half where there are halves, and of all."""
    kinds = dict.fromkeys(result.item.kind for result in results)
    halves = [half for half in ("tune", "report") if any(result.item.half == half for result in results)]
    groups = {kind: [r for r in results if r.item.kind == kind] for kind in kinds}
    groups |= {f"{half} half": [r for r in results if r.item.half == half] for half in halves}
    return {**groups, "together": list(results)}


def _plots(
    by_system: Mapping[str, Sequence[Result]], main: str | None, kinds: Mapping[str, Sequence[Result]]
) -> Markup | None:
    if main is None:
        return None
    systems, all_results = list(by_system), [result for results in by_system.values() for result in results]
    figures = {system: summarise(results) for system, results in by_system.items()}
    step = main_step(all_results)
    times = {system: latency(results, step) if step else None for system, results in by_system.items()}
    measures = {
        title_of(name): {s: one[name] for s, one in figures.items() if name in one}
        for name in names_of(figures.values())
    }
    of_kinds = {
        kind: {s: found[main] for s in systems if main in (found := summarise([r for r in some if r.system == s]))}
        for kind, some in kinds.items()
    }
    points = {s: (one[main], taken) for s, one in figures.items() if main in one and (taken := times[s]) is not None}
    plots = [
        _plot("Every measure, by system", bars(measures, systems, "Bars of every measure by system, as in the table.")),
        _plot(f"{title_of(main)}, by kind", bars(of_kinds, systems, f"Bars of {title_of(main)} by kind and system.")),
    ]
    if points and step:
        seconds = f"median seconds to {step.replace('_', ' ')}"
        what = f"{title_of(main)} against {seconds}, one point a system."
        plots.append(
            _plot(
                f"{title_of(main)} against {seconds}",
                quality_and_latency(points, systems, title_of(main), seconds, what),
            )
        )
    note = element(
        "p", "Lines are intervals of 95%: Wilson's for shares, by resampling for means and medians.", class_="quiet"
    )
    return together(_legend(systems), element("div", *plots, class_="plots"), note)


def _plot(caption: str, drawing: Markup) -> Markup:
    return element("figure", element("figcaption", caption), drawing)


def _revision(revision: Mapping[str, Any] | None) -> str:
    if revision is None:
        return "not known"
    return f"{revision['commit'][:12]}{', with changes that are in no commit' if revision.get('dirty') else ''}"


def _model(model: Mapping[str, Any] | None) -> str:
    if model is None:
        return "none"
    return f"{model['name']} ({str(model['sha256'])[:12]})" if model.get("sha256") else str(model["name"])


def _gigabytes(count: int | None) -> str:
    return "memory not known" if count is None else f"{count / 1e9:.1f} GB"


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _pairs(values: Mapping[str, Any]) -> Markup:
    pairs = (together(element("dt", name), element("dd", _plain(value))) for name, value in values.items())
    return element("dl", *pairs, class_="facts")
