"""What happened when: every dated sentence once, in order, with its exact quote."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from fakes import HashingEmbedder
from icalendar import Calendar
from streamlit.testing.v1 import AppTest
from test_cli import dateline  # noqa: F401 - a fixture
from test_ui import HOSTILE, Read, shown

from index.dates.times import bounds
from index.pipeline import open_library
from qa.compare.timeline import timeline, to_calendar
from ui.axis import COLOURS, LINES, OPACITY, OTHERS, chart_of, outlets_of, rows_of
from ui.timeline import events_html, left_by, picked_html

POST = """Bridge opened

Mayor Ines Calder opened the Harrow bridge on Thursday. The council had approved the loan in March 2018. A band played.
In 2017 a survey had called the old bridge unsafe, and the survey of 4 May 2017 said why.
"""
TIMES = """Harrow bridge

Mayor Ines Calder opened the new Harrow bridge on 9 May 2019. She is due in Orme on 20 May 2019.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    with open_library(tmp_path_factory.mktemp("library"), HashingEmbedder()) as opened:
        for name, outlet, day, text in (("a", "Post", "2019-05-14", POST), ("b", "Times", "2019-05-15", TIMES)):
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")
            opened.add([folder / f"{name}.txt"], given={"outlet": outlet, "published": day})
        yield opened


def test_events_stand_in_order_and_one_that_two_documents_tell_stands_once(library):
    events = timeline(library)
    assert [event.time for event in events] == ["2017-05-04", "2018-03", "2019-05-09", "2019-05-20"]
    assert [bounds(event.time)[0] for event in events] == sorted(bounds(event.time)[0] for event in events)
    opened = events[2]
    assert opened.words == "Thursday"
    assert [citation.outlet for citation in opened.citations] == ["Post", "Times"]


def test_every_quote_is_the_exact_text_and_brings_what_she_stands_for(library):
    for event in timeline(library):
        for citation in event.citations:
            document = library.document(citation.doc_id)
            assert document.text[citation.start : citation.end] == citation.quote
    assert timeline(library)[-1].quote.startswith("Mayor Ines Calder opened the new Harrow bridge")


def test_a_question_or_some_documents_leave_the_events_about_them(library):
    assert [event.time for event in timeline(library, question="Who approved the loan?")] == ["2018-03"]
    (times,) = (state.document.doc_id for state in library.documents() if state.document.outlet == "Times")
    assert [event.time for event in timeline(library, [times])] == ["2019-05-09", "2019-05-20"]


def test_a_calendar_holds_whole_days_and_leaves_out_what_is_longer_than_a_month(library):
    made, left_out = to_calendar(timeline(library))
    entries = list(Calendar.from_ical(made).walk("VEVENT"))
    assert left_out == 0
    assert [(entry.decoded("dtstart"), entry.decoded("dtend")) for entry in entries][1:3] == [
        (date(2018, 3, 1), date(2018, 4, 1)),
        (date(2019, 5, 9), date(2019, 5, 10)),
    ]
    assert str(entries[2]["summary"]) == "Mayor Ines Calder opened the Harrow bridge on Thursday."
    assert len({str(entry["uid"]) for entry in entries}) == len(entries)


def test_the_command_line_shows_it_as_json_and_writes_a_calendar(dateline, tmp_path):  # noqa: F811
    (tmp_path / "a.txt").write_text(f"{POST}\nThe bridge was planned in 2016.\n", encoding="utf-8")
    dateline("add", tmp_path / "a.txt", "--published", "2019-05-14")
    events = json.loads(dateline("timeline", "--json").stdout)
    assert [event["time"] for event in events] == ["2016", "2017-05-04", "2018-03", "2019-05-09"]
    assert events[-1]["citations"][0]["quote"] == "Mayor Ines Calder opened the Harrow bridge on Thursday."
    written = dateline("timeline", "--ics", tmp_path / "made.ics")
    assert "3 events written to" in written.stderr
    assert "1 event of more than a month left out" in written.stderr
    assert len(Calendar.from_ical((tmp_path / "made.ics").read_bytes()).walk("VEVENT")) == 3
    assert "9 May 2019  (“Thursday”)" in dateline("timeline", "bridge opened").stdout


def test_a_calendar_that_cannot_be_written_and_an_empty_library_say_what_to_do(dateline, tmp_path):  # noqa: F811
    assert "dateline add FOLDER" in dateline("timeline").stderr
    (tmp_path / "a.txt").write_text(POST, encoding="utf-8")
    dateline("add", tmp_path / "a.txt")
    refused = dateline("timeline", "--ics", tmp_path / "no" / "made.ics")
    assert refused.exit_code == 1
    assert "cannot be written" in refused.stderr


def page_of(opened) -> AppTest:
    def script(library, today):
        from ui.timeline import timeline_page

        timeline_page(lambda: library, today)

    return AppTest.from_function(script, default_timeout=20, args=(opened, lambda: date(2026, 11, 23))).run()


def test_the_page_shows_each_event_by_date_with_its_quote_and_can_be_narrowed_to_one_thing(library):
    app = page_of(library)
    assert "4 dated events" in shown(app)
    assert shown(app).index("4 May 2017") < shown(app).index("“Thursday”")
    app.text_input(key="timeline-about").set_value("Who approved the loan?")
    app.button(key="timeline-show").click().run()
    assert "1 dated event<" in shown(app)
    assert "The council had approved the loan in March 2018." in shown(app)


def test_the_page_of_an_empty_library_says_how_to_fill_it(tmp_path):
    with open_library(tmp_path / "library", HashingEmbedder()) as empty:
        assert "Library page" in shown(page_of(empty))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_of_a_document_is_text_on_the_page(tmp_path, text):
    with open_library(tmp_path / "library", HashingEmbedder()) as opened:
        path = tmp_path / "a.txt"
        path.write_text(f"Title\n\nOn 9 May 2019 {' '.join(text.split())} was said in Harrow by the mayor.\n")
        opened.add([path], given={"outlet": text, "title": text})
        html = events_html(timeline(opened), opened.document, date(2026, 11, 23))
    tags = {name for name, _ in Read(html).tags}
    assert tags <= {"p", "div", "h2", "span", "ul", "li", "button", "q", "bdi", "mark", "code", "a"}
    assert not any(attribute.startswith("on") for _, attributes in Read(html).tags for attribute in attributes)
    html += picked_html(timeline_of(text, tmp_path / "other"), lambda doc_id: None, date(2026, 11, 23))
    assert not any(attribute.startswith("on") for _, attributes in Read(html).tags for attribute in attributes)


def timeline_of(text, folder):
    """One event told by a document whose outlet, title and quote hold this text."""
    with open_library(folder, HashingEmbedder()) as opened:
        path = folder / "b.txt"
        path.write_text(f"Title\n\nOn 9 May 2019 {' '.join(text.split())} was said in Harrow by the mayor.\n")
        opened.add([path], given={"outlet": text, "title": text})
        return timeline(opened)[0]


# The axis


def test_the_axis_has_a_row_for_each_outlet_that_tells_of_an_event(library):
    events = dict(enumerate(timeline(library)))
    rows = rows_of(events)
    assert [(row["event"], row["outlet"]) for row in rows] == [
        (0, "Post"),
        (1, "Post"),
        (2, "Post"),
        (2, "Times"),
        (3, "Times"),
    ]
    month = rows[1]
    assert (month["first"], month["after"], month["when"]) == ("2018-03-01", "2018-04-01", "March 2018")


def test_outlets_beyond_a_few_share_a_line(library):
    event = timeline(library)[0]
    outlets = [f"Outlet {number}" for number in range(LINES + 3)]
    many = {n: replace(event, citations=(replace(event.citations[0], outlet=name),)) for n, name in enumerate(outlets)}
    lines = [row["line"] for row in rows_of(many)]
    assert len(set(lines)) == LINES + 1 and lines.count(OTHERS) == 3
    assert len(COLOURS) >= LINES + 1, "each line has a colour of its own"


def test_events_are_narrowed_by_outlet_and_by_the_years_they_touch(library):
    events = timeline(library)
    assert list(left_by(events, (), (2018, 2018))) == [1]
    assert list(left_by(events, ("Times",), (2017, 2019))) == [2, 3]
    assert list(left_by(events, (), (2017, 2019))) == [0, 1, 2, 3]
    assert outlets_of(events[2]) == ["Post", "Times"]


def test_hostile_text_in_the_chart_is_a_value_and_no_part_of_it():
    rows = [{"event": n, "line": text, "outlet": text, "quote": text, "words": text} for n, text in enumerate(HOSTILE)]
    chart = chart_of(rows)
    assert chart.pop("data") == {"values": rows}
    assert not any(text in json.dumps(chart) for text in HOSTILE)
    # Vega makes a picture of a field `image`, and a link of a channel `href`.
    assert {each["title"] for each in chart["encoding"]["tooltip"]} == {"Date", "Written as", "Outlet", "Begins"}
    assert "href" not in chart["encoding"]


def luminance(colour):
    """Source: WCAG 2.2, "relative luminance"."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def over(colour, background, opacity):
    mixed = [
        round(int(colour[at : at + 2], 16) * opacity + int(background[at : at + 2], 16) * (1 - opacity))
        for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in mixed)


@pytest.mark.parametrize("background", ["#fdfdfb", "#15181c"])
@pytest.mark.parametrize("colour", COLOURS)
def test_each_colour_of_the_axis_stands_out_from_the_page(colour, background):
    low, high = sorted(luminance(each) for each in (over(colour, background, OPACITY), background))
    assert (high + 0.05) / (low + 0.05) >= 3


def test_the_page_has_the_axis_its_filters_and_headings_without_a_gap(library):
    app = page_of(library)
    assert app.get("vega_lite_chart")
    app.multiselect(key="timeline-outlets").set_value(["Times"]).run()
    assert "2 dated events" in shown(app)
    app.slider[0].set_value((2017, 2018)).run()
    assert "No sentence found is dated" not in shown(app)
    assert "No event is left" in shown(app)
    assert "<h3" not in shown(app)


def test_a_filter_that_leaves_no_document_is_told(library):
    app = page_of(library)
    app.session_state["filter-since"] = date(2030, 1, 1)
    app.button(key="timeline-show").click().run()
    assert not app.exception
    assert "No document was published" in app.error[0].value
