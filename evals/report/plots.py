"""Plots of figures as inline SVG, in the page's own colours and fonts."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evals.report.markup import Markup, element
from evals.report.summary import Figure, Quantiles

INK, FAINT = "#010101", "#020202"
SERIES = tuple(f"#0303{number:02x}" for number in range(3, 11))
"""Stand for colours of the page's style sheet, which differ between light and dark; no plot shows them."""
MARKERS = "osD^vPX*"
WIDTH_IN = 5.2
"""Narrow, so that letters can still be read on a phone."""
BAR_IN = 0.17
LONGEST = 30
"""Letters of a name beside an axis."""

Bars = Mapping[str, Mapping[str, Figure]]
"""Figures by row and then by system."""


def bars(rows: Bars, systems: Sequence[str], what: str) -> Markup:
    """A group of bars a row, one a system, with their intervals; what has no figure has no bar.

    Args:
        what: The plot in words, for who cannot see it.
    """
    height = 0.55 + BAR_IN * len(rows) * (len(systems) + 0.9)

    def draw(axes: Any) -> None:
        for number, system in enumerate(systems):
            for place, figures in enumerate(rows.values()):
                figure = figures.get(system)
                if figure is None or figure.value is None:
                    continue
                at = place * (len(systems) + 0.9) + number
                axes.barh(at, figure.value, height=0.86, color=SERIES[number % len(SERIES)])
                if figure.interval:
                    axes.hlines(at, *figure.interval, color=INK, linewidth=0.9)
        middles = [place * (len(systems) + 0.9) + (len(systems) - 1) / 2 for place in range(len(rows))]
        axes.set_yticks(middles, [_short(name) for name in rows])
        axes.set_ylim(middles[-1] + len(systems) / 2 + 0.4, -0.9)
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color=FAINT, linewidth=0.6)

    return _svg(draw, height, what)


def quality_and_latency(
    points: Mapping[str, tuple[Figure, Quantiles]], systems: Sequence[str], quality: str, seconds: str, what: str
) -> Markup:
    """One point a system: median seconds against its figure, both with intervals.

    Args:
        quality: Title of the vertical axis.
        seconds: Title of the horizontal one.
    """

    def draw(axes: Any) -> None:
        from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

        for system, (figure, times) in points.items():
            number, x, y = systems.index(system), max(times.median, 1e-4), figure.value
            colour = SERIES[number % len(SERIES)]
            if figure.interval:
                axes.vlines(x, *figure.interval, color=colour, linewidth=1.3)
            if times.interval:
                axes.hlines(y, *(max(end, 1e-4) for end in times.interval), color=colour, linewidth=1.3)
            axes.plot(x, y, MARKERS[number % len(MARKERS)], color=colour, markersize=7)
            axes.annotate(_short(system), (x, y), (7, 6), textcoords="offset points")
        axes.set_xscale("log")
        low, high = axes.get_xlim()
        axes.set_xlim(low / 1.5, high * 2.5)
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.minorticks_off()
        axes.set_ylim(0, 1.04)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
        axes.set_xlabel(seconds)
        axes.set_ylabel(quality)
        axes.grid(color=FAINT, linewidth=0.6)

    return _svg(draw, 3.1, what)


def _svg(draw: Callable[[Any], None], height_in: float, what: str) -> Markup:
    import matplotlib
    from matplotlib.figure import Figure as Canvas

    out = io.StringIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        # A name may hold letters that matplotlib's font lacks; the page's own font draws them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        matplotlib.rcdefaults()  # the same plot whatever the user's matplotlibrc says
        matplotlib.rcParams.update(_STYLE | {"svg.hashsalt": what})
        canvas = Canvas(figsize=(WIDTH_IN, height_in), layout="constrained")
        axes = canvas.subplots()
        axes.set_axisbelow(True)
        axes.spines[["top", "right", "left"]].set_visible(False)
        draw(axes)
        canvas.savefig(out, format="svg", transparent=True, metadata=dict.fromkeys(_METADATA))
    return element("div", _inline(out.getvalue()), role="img", aria_label=what, class_="plot")


_METADATA = ("Creator", "Date", "Format", "Type")
_STYLE: Any = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # a name may hold a dollar sign
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
}


def _inline(svg: str) -> Markup:
    """The drawing as part of a page: without prologue and ids that nothing refers to, coloured by the style sheet."""
    svg = svg[svg.index("<svg") :]
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    svg = re.sub(r' id="([^"]+)"', lambda found: found[0] if found[1] in used else "", svg)
    for stand_in, name in [(INK, "ink"), (FAINT, "line"), *((one, f"s{n}") for n, one in enumerate(SERIES))]:
        svg = svg.replace(stand_in, f"var(--{name})")
    return Markup(svg)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
