"""Answers as one HTML file: no script, nothing fetched, light and dark, and fit to be printed."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from itertools import groupby

from qa.export.outline import Kind, Line, Source, outline, title_of
from qa.export.records import Exported

_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.55 Georgia, "Times New Roman", serif;
  background: light-dark(#fdfdfb, #171a1e); color: light-dark(#1c1e21, #e8e6e1); overflow-wrap: anywhere; }
h1 { font-size: 1.1rem; font-weight: normal; }
h2 { font-size: 1.5rem; line-height: 1.3; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
a { color: light-dark(#1f5a92, #8fbdec); text-decoration: none; }
blockquote { margin: .6rem 0; padding-left: .9rem;
  border-left: 3px solid color-mix(in srgb, currentColor 25%, transparent); }
.sentences { font-size: 1.15rem; }
.finding { font-size: 1.15rem; font-weight: bold; }
.about, .place, .times, .reason { font-size: .875rem; color: color-mix(in srgb, currentColor 75%, transparent); }
.about, .source p { margin: .15rem 0; }
.reason { margin-left: 1.2rem; list-style: "– "; }
.source { margin: 0 0 1rem; }
.source:target { background: light-dark(#fff3cf, #3a3216); }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; margin: 0; font-size: 10.5pt; background: none; color: #000; }
  a { color: inherit; }
  h2, h3 { break-after: avoid; }
  .source, li { break-inside: avoid; }
}
"""
_TAGS: dict[Kind, str] = {"question": "h2", "heading": "h3", "verbatim": "blockquote", "item": "li", "reason": "li"}


def to_page(exported: Sequence[Exported]) -> str:
    """The whole file, in UTF-8."""
    title = _escaped(title_of(exported))
    body = "\n".join(_section(number, each) for number, each in enumerate(exported, 1))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )


def _section(number: int, exported: Exported) -> str:
    lines = [*outline(exported)]
    there = {one.number for one in lines if isinstance(one, Source)}
    parts: list[str] = []
    for listed, group in groupby(lines, key=lambda one: isinstance(one, Line) and one.kind in {"item", "reason"}):
        made = "\n".join(_shown(one, number, there) for one in group)
        parts.append(f"<ul>\n{made}\n</ul>" if listed else made)
    return "<section>\n{}\n</section>".format("\n".join(parts))


def _shown(one: Line | Source, number: int, there: set[int]) -> str:
    if isinstance(one, Source):
        return "\n".join(_source(one, number))
    tag = _TAGS.get(one.kind, "p")
    words = "".join(_run(run, number, there) for run in one.runs)
    return f'<{tag} class="{one.kind}" dir="auto">{words}</{tag}>'


def _run(run: str | int, number: int, there: set[int]) -> str:
    if isinstance(run, str):
        return _escaped(run)
    return f'<a href="#a{number}-{run}">[{run}]</a>' if run in there else f"[{run}]"


def _source(source: Source, number: int) -> Iterator[str]:
    yield f'<div class="source" id="a{number}-{source.number}">'
    title = f"<cite><bdi>{_escaped(source.title)}</bdi></cite>"
    yield f"<p>[{source.number}] <bdi>{_escaped(source.who)}</bdi>: {title}</p>"
    yield f'<blockquote dir="auto">“{_escaped(source.quote)}”</blockquote>'
    if source.times:
        yield f'<p class="times" dir="auto">{_escaped(source.times)}</p>'
    yield f'<p class="place" dir="auto">{_escaped(source.place)}</p>\n</div>'


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)
