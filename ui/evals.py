"""The page of the evals: the runs in the results folder, their figures, the report, and two systems compared."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from index.errors import UserFacingError
from ui.runs import Listed, Stamp, Unread, comparison_of, find_run, report_of, tables_of
from ui.shared import counted, escape, escape_markdown, show_error, show_style

HOW_TO = """\
dateline eval run seeds --system none
dateline eval run seeds --system dateline --system baseline --sample 20"""
REPORT_HEIGHT = 800
# Streamlit's own frame lets what is in it touch the app. It gets this page of ours, and the report a frame in that
# which has no origin: its script can sort its cases and reach nothing else.
FRAME = """\
<!DOCTYPE html>
<style>:root {{ color-scheme: light dark; }} html, body, iframe {{ margin: 0; border: 0; width: 100%; height: 100%; \
display: block; overflow: hidden; }}</style>
<iframe sandbox="allow-scripts" title="Report of the runs" srcdoc="{}"></iframe>
"""


def evals_page(results: Path) -> None:
    """Show the page.

    Args:
        results: The folder where runs are kept; one that is not there holds none.
    """
    show_style()
    st.title("Evals", anchor=False)
    found = [find_run(path) for path in results.glob("*.jsonl")]
    runs = sorted((one for one in found if isinstance(one, Listed)), key=lambda run: (run.time, run.name), reverse=True)
    unread = sorted((one for one in found if isinstance(one, Unread)), key=lambda one: one.name, reverse=True)
    if not runs:
        _show_how_to(results)
        _show_unread(unread)
        return
    listed, compare = st.tabs(["Runs", "Compare"], key="evals-tabs")
    with listed:
        st.html(f'<p class="dl-meta">{counted(len(runs), "run")} in {escape(str(results))}</p>')
        chosen = _chosen(runs)
        _show_unread(unread)
        if not chosen:
            st.html('<p class="dl-note">Tick one or more runs to see their figures and their report.</p>')
        try:
            for run in chosen:
                _show_figures(run)
            if chosen:
                _show_report(tuple(run.stamp for run in chosen))
        except UserFacingError as error:  # a file that has gone since it was listed
            show_error(error)
    with compare:
        _show_compare(runs)


# What there is


def _chosen(runs: Sequence[Listed]) -> list[Listed]:
    """The table of all runs; gives those that are ticked, at first the newest."""
    rows = [
        {
            "Suite": run.suite,
            "Time": run.time[:16],
            "State": run.state,
            "Systems": ", ".join(run.systems),
            "Scored": f"{run.scored:,}" + ("" if run.asked is None else f" of {run.asked:,}"),
            "Revision": run.revision,
            "File": run.name,
        }
        for run in runs
    ]
    config = {
        "Time": st.column_config.TextColumn("Time (UTC)"),
        "Scored": st.column_config.TextColumn("Scored of asked", help="Of all systems together."),
    }
    # A new key when there are other runs: ticks are kept by row, and rows move.
    selected = st.dataframe(
        rows,
        hide_index=True,
        column_config=config,
        key=f"runs-{hash(tuple(run.name for run in runs))}",
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [0]}},
    )
    return [runs[row] for row in sorted(selected["selection"]["rows"])]


def _show_how_to(results: Path) -> None:
    st.html(
        '<p class="dl-sentences">There is no run yet.</p>'
        '<p class="dl-note">A run puts a suite of questions to Dateline, scores every answer, and keeps each result '
        f"in a file in {escape(str(results))}. Make one in a terminal: the first of these needs no language model, "
        "the second sets Dateline against a plain chain on 20 questions. Then open this page again.</p>"
    )
    st.code(HOW_TO, language="bash")


def _show_unread(unread: Sequence[Unread]) -> None:
    if unread:
        reasons = "".join(
            f'<li class="dl-failed"><b>{escape(one.name)}</b>: {escape(one.reason)}</li>' for one in unread
        )
        count = counted(len(unread), "file")
        st.html(f'<div class="dl-report"><p>{count} could not be read</p><ul>{reasons}</ul></div>')


# Figures and report


def _show_figures(run: Listed) -> None:
    st.header(escape_markdown(f"{run.suite}, {run.time[:16]}"), anchor=False)
    tables = tables_of(run.stamp)
    about = f"{run.name}, {run.state}. {tables.comparable}"
    st.html(f'<p class="dl-note">{escape(about)}</p>')
    st.table(tables.measures, hide_index=True, border="horizontal")
    if tables.main is not None:
        st.html(f'<div class="dl-label">By kind: {escape(tables.main)}</div>')
        st.table(tables.kinds, hide_index=True, border="horizontal")


def _show_report(stamps: tuple[Stamp, ...]) -> None:
    st.html(
        '<p class="dl-note">Shares with Wilson’s interval of 95%, means and medians with one by resampling. A case '
        "that ended in an error is not scored, not wrong.</p>"
    )
    report = st.expander("The full report, with plots and case by case", key="evals-report", on_change="rerun")
    if report.open:
        with report:
            # Without a base of its own, a link to a part of the report would lead to the app's address.
            page = report_of(stamps).replace("<head>", '<head><base href="about:srcdoc">', 1)
            st.iframe(FRAME.format(html.escape(page)), height=REPORT_HEIGHT, alt="Report of the runs")
    st.download_button(
        "Download the report",
        data=partial(report_of, stamps),
        file_name="dateline-report.html",
        mime="text/html",
        icon=":material/download:",
        on_click="ignore",
    )


# Two against each other


def _show_compare(runs: Sequence[Listed]) -> None:
    sides = {
        f"{run.suite}, {run.time[:16]}: {system} ({run.name})": (run, system) for run in runs for system in run.systems
    }
    first = st.selectbox("The first", list(sides), index=None, placeholder="Choose a system of a run")
    if first is None:
        st.html('<p class="dl-note">Two systems of a suite are compared case by case, of one run or of two.</p>')
        return
    others = [name for name, (run, _) in sides.items() if name != first and run.suite == sides[first][0].suite]
    if not others:
        st.html(
            f'<p class="dl-note">There is nothing else of the suite {escape(sides[first][0].suite)}. Run it with '
            "another system, or again after a change.</p>"
        )
        return
    second = st.selectbox("The second", others, index=None, placeholder="Choose what to set against it")
    if second is None:
        return
    (one, system_one), (two, system_two) = sides[first], sides[second]
    try:
        st.code(comparison_of(one.stamp, system_one, one.time, two.stamp, system_two, two.time), language=None)
    except UserFacingError as error:
        show_error(error)
