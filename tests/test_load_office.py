"""What is read from office files, sheets and records, and that no file can do more than be refused."""

from __future__ import annotations

import io
import random
import zipfile
from bisect import bisect_right
from contextlib import suppress
from datetime import date
from pathlib import Path

import docx
import pptx
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx.util import Inches

from index.errors import LoadError
from index.load.docx import read_docx
from index.load.jsonl import read_jsonl
from index.load.odt import read_odt
from index.load.pptx import read_pptx
from index.load.rtf import read_rtf
from index.load.sheets import MAX_CELLS, read_csv, read_sheet
from index.load.tables import PAGE, join_blocks, table_lines
from index.load.zips import OLE, open_zip

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/><Override PartName="/word/footnotes.xml" ContentType="application/vnd.'
    'openxmlformats-officedocument.wordprocessingml.footnotes+xml"/></Types>'
)
ODF = "urn:oasis:names:tc:opendocument:xmlns:"
ODT_HEAD = (
    f'<office:document-content xmlns:office="{ODF}office:1.0" xmlns:text="{ODF}text:1.0" '
    f'xmlns:table="{ODF}table:1.0" xmlns:draw="{ODF}drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
)
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
ROW = "<w:tr>{}</w:tr>"


def zipped(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def word(body: str, before: str = "", **members: str) -> bytes:
    document = f"{before}<w:document {W} {MC}><w:body>{body}</w:body></w:document>"
    return zipped({"[Content_Types].xml": TYPES, "word/document.xml": document} | members)


def p(inner: str) -> str:
    return f"<w:p>{inner}</w:p>"


def r(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(r(text))}</w:tc>"


def docx_text(body: str, **members: str) -> str:
    return read_docx(word(body, **members), Path("a.docx")).text


def odt(body: str, before: str = "", **members: str) -> bytes:
    content = (
        f"{before}{ODT_HEAD}<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content} | members)


def odt_text(body: str) -> str:
    return read_odt(odt(body), Path("a.odt")).text


def rtf_text(inside: str) -> str:
    return read_rtf(rf"{{\rtf1\ansi\ansicpg1252 {inside}}}".encode("latin-1"), Path("a.rtf")).text


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    form = (day,) if isinstance(value, date) else ()
                    sheet.write(number, column, value, *form)
    return out.getvalue()


def slides(*texts: str) -> bytes:
    deck = pptx.Presentation()
    for text in texts:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = f"About {text}" if text else ""
        slide.placeholders[1].text = text
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def written() -> bytes:
    document = docx.Document()
    document.add_heading("Tram line approved", 1)
    document.add_paragraph("The council met.")
    document.add_page_break()
    document.add_paragraph("It voted.")
    document.core_properties.title = "Tram line approved"
    document.core_properties.author = "python-docx"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


VALID = {
    "docx": (read_docx, written()),
    "odt": (read_odt, odt("<text:p>The council met.</text:p>")),
    "rtf": (read_rtf, rb"{\rtf1\ansi{\fonttbl{\f0\fcharset204 Arial;}}\f0 \'cf The council met.\par It voted.}"),
    "pptx": (read_pptx, slides("Trams", "Buses")),
    "xlsx": (read_sheet, workbook({"Votes": [["Name", "Votes"], ["Ines", 4]]})),
}


# Word


def test_a_word_file_gives_its_paragraphs_pages_and_title_but_no_authors_that_programs_invent():
    content = read_docx(written(), Path("a.docx"))
    assert content.text == "Tram line approved\n\nThe council met.\n\nIt voted."
    assert content.page_starts == (0, content.text.index("It voted"))
    assert {name: read.value for name, read in content.metadata.items()} == {"title": "Tram line approved"}
    assert content.metadata["title"].origin == "the file's properties"


def test_a_page_break_inside_a_paragraph_glues_no_words():
    content = read_docx(word(p(r("One") + '<w:r><w:br w:type="page"/></w:r>' + r("Two"))), Path("a.docx"))
    assert (content.text, content.page_starts) == ("One\nTwo", (0, 4))


def test_tracked_insertions_stay_and_deletions_go_and_are_told():
    body = p(
        r("It ") + f"<w:ins>{r('never ')}</w:ins><w:del><w:r><w:delText>always </w:delText></w:r></w:del>" + r("met")
    )
    content = read_docx(word(body), Path("a.docx"))
    assert (content.text, content.notes) == ("It never met", ("Left out: tracked deletions.",))


def test_text_in_content_controls_links_and_nested_tables_is_kept():
    control = f"<w:sdt><w:sdtPr><w:t>no</w:t></w:sdtPr><w:sdtContent>{p(r('In a control.'))}</w:sdtContent></w:sdt>"
    link = p(f'<w:hyperlink w:id="rId99">{r("A link.")}</w:hyperlink>')
    nested = f"<w:tbl>{ROW.format(tc('in') + tc('side'))}{ROW.format(tc('the') + tc('table'))}</w:tbl>"
    table = f"<w:tbl>{ROW.format(tc('outer') + f'<w:tc>{nested}{p(r(str()))}</w:tc>')}</w:tbl>"
    assert docx_text(control + link + table) == "In a control.\n\nA link.\n\nouter | in | side; in: the | side: table"


def test_a_text_box_that_is_there_in_two_ways_is_read_once():
    box = f"<w:txbxContent>{p(r('In a box.'))}</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert docx_text(p(r("Before") + f"<w:r>{both}</w:r>" + r(" and after."))) == "Before and after.\n\nIn a box."


def test_hyphens_tabs_line_ends_and_powers_are_kept():
    runs = "<w:r><w:t>twenty</w:t><w:noBreakHyphen/><w:t>one</w:t><w:tab/><w:t>a</w:t><w:softHyphen/><w:t>b</w:t></w:r>"
    assert docx_text(p(runs + "<w:r><w:br/></w:r>" + r("c"))) == "twenty-one\tab\nc"
    assert docx_text(p(r("10") + f"<w:sup>{r('-6')}</w:sup>")) == "10^(-6)"


def test_hidden_text_is_left_out_and_told():
    content = read_docx(word(p(r("Seen.") + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Unseen.</w:t></w:r>")), Path("a.docx"))
    assert (content.text, content.notes) == ("Seen.", ("Left out: hidden text.",))


def test_footnotes_follow_at_the_end_in_the_order_of_their_marks():
    marks = "".join(f'<w:r><w:footnoteReference w:id="{number}"/></w:r>' for number in (5, 2))
    notes = "".join(f'<w:footnote w:id="{number}">{p(r(f"Text {number}."))}</w:footnote>' for number in (2, 5, 7))
    members = {"word/footnotes.xml": f"<w:footnotes {W}>{notes}</w:footnotes>"}
    assert docx_text(p(r("Said.") + marks), **members) == "Said.\n\nNote 1: Text 5.\n\nNote 2: Text 2."


def test_a_row_can_be_read_alone_also_below_and_beside_merged_cells():
    rows = [
        tc("Ward") + tc("Party") + tc("Votes"),
        tc("Harrow", '<w:vMerge w:val="restart"/>') + tc("Reds") + tc("4"),
        tc("", "<w:vMerge/>") + tc("none stood", '<w:gridSpan w:val="2"/>'),
        tc("Ely", '<w:gridSpan w:val="2"/>') + tc("9"),
    ]
    assert docx_text(f"<w:tbl>{''.join(map(ROW.format, rows))}</w:tbl>").split("\n") == [
        "Ward | Party | Votes",
        "Ward: Harrow | Party: Reds | Votes: 4",
        "Ward: Harrow | Party: none stood",
        "Ward: Ely | Votes: 9",
    ]


def test_where_word_wrote_its_page_ends_those_count_and_once_in_a_row():
    turn = "<w:r><w:lastRenderedPageBreak/></w:r>"
    body = (
        p(r("One.") + '<w:r><w:br w:type="page"/></w:r>')
        + p(turn + r("Two, and"))
        + p(r("still two. ") + turn + r("Three."))
    )
    cell = f"<w:tc>{p(r('x') + turn + r('y'))}</w:tc>"
    content = read_docx(word(body + f"<w:tbl>{ROW.format(cell + cell)}</w:tbl>"), Path("a.docx"))
    assert [content.text[start:][:5] for start in content.page_starts] == ["One.\n", "Two, ", "Three", "x y |"]


def test_parts_that_a_relation_names_but_that_are_missing_do_not_matter():
    members = {
        "word/_rels/document.xml.rels": '<Relationships><Relationship Id="rId9" Target="../NULL"/></Relationships>'
    }
    assert docx_text(p(r("Still read.")), **members) == "Still read."


def test_strict_files_with_another_namespace_are_read():
    document = (
        f'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>{p(r("Strict."))}</w:body>'
    )
    data = zipped({"word/document.xml": document + "</w:document>"})
    assert read_docx(data, Path("a.docx")).text == "Strict."


# OpenDocument and RTF


def test_an_odt_keeps_spaces_tabs_line_ends_and_joins_no_words():
    body = (
        '<text:p>First<text:s text:c="3"/>spaced\n   out<text:tab/>x<text:line-break/>y</text:p>'
        "<text:h>Next</text:h><text:list><text:list-item><text:p>An item</text:p></text:list-item></text:list>"
    )
    assert odt_text(body) == "First   spaced out\tx\ny\n\nNext\n\nAn item"


def test_an_odts_notes_follow_and_deleted_text_and_comments_are_left_out():
    body = (
        "<text:tracked-changes><text:p>Deleted.</text:p></text:tracked-changes>"
        "<text:p>Said<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p>"
        "</text:note-body></text:note>.<office:annotation><text:p>Hm.</text:p></office:annotation></text:p>"
    )
    content = read_odt(odt(body), Path("a.odt"))
    assert (content.text, content.notes) == ("Said.\n\nNote 1: A note.", ("Left out: comments, deleted text.",))


def test_an_odts_table_has_a_row_on_a_line_and_its_properties_name_title_and_author():
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>".format
    rows = "".join(f"<table:table-row>{cell(a)}{cell(b)}</table:table-row>" for a, b in [("Ward", "Votes"), ("Ely", 4)])
    filler = '<table:table-row><table:table-cell table:number-columns-repeated="999999999"/></table:table-row>'
    meta = '<m xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Votes</dc:title><dc:creator>Ines</dc:creator></m>'
    data = odt(
        f"<table:table><table:table-header-rows>{rows}</table:table-header-rows>{filler}</table:table>",
        **{"meta.xml": meta},
    )
    content = read_odt(data, Path("a.odt"))
    assert content.text == "Ward | Votes\nWard: Ely | Votes: 4"
    assert {name: read.value for name, read in content.metadata.items()} == {"title": "Votes", "author": "Ines"}


def test_rtf_is_read_in_the_code_page_of_its_fonts():
    assert rtf_text(r"caf\'e9 \u8364?5 \u-10179?\u-8704?\par next\line line") == "café €5 😀\n\nnext\nline"
    assert rtf_text(r"{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}\f1 \'cc\'e8\'f0") == "Мир"
    assert rtf_text("caf\xe9") == "café"


def test_an_rtfs_footnotes_links_and_tables_are_kept():
    assert rtf_text(r"Said{\super\chftn}{\footnote\pard\plain \chftn  A \'e9 note.}.") == "Said.\n\nNote 1: A é note."
    link = r'See {\field{\*\fldinst{HYPERLINK "http://x.example"}}{\fldrslt{the page}}}.'
    assert rtf_text(link) == "See the page."
    assert (
        rtf_text(r"\trowd Ward\cell Votes\cell\row\trowd Ely\cell 4\cell\row") == "Ward | Votes\nWard: Ely | Votes: 4"
    )


def test_an_rtfs_info_names_title_and_author_and_a_cut_file_says_so():
    data = rb"{\rtf1\ansi\ansicpg1252{\info{\title Caf\'e9 vote}{\author Ines Calder}}The council met."
    content = read_rtf(data, Path("a.rtf"))
    assert {name: read.value for name, read in content.metadata.items()} == {
        "title": "Café vote",
        "author": "Ines Calder",
    }
    assert content.text == "The council met." and "cut short" in content.notes[0]


# Slides


def test_a_slide_is_a_page_and_a_slide_without_text_keeps_its_number():
    content = read_pptx(slides("Trams", "", "Buses"), Path("a.pptx"))
    assert content.text == "About Trams\n\nTrams\n\nAbout Buses\n\nBuses"
    assert bisect_right(content.page_starts, content.text.index("About Buses")) == 3
    assert read_pptx(slides("Trams"), Path("a.pptx")).page_starts == (0,)


def test_a_slide_is_read_from_the_top_down_with_groups_tables_and_notes():
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    for text, left, top in (("bottom", 1, 5), ("right", 5, 1), ("left", 1, 1.05)):
        slide.shapes.add_textbox(Inches(left), Inches(top), Inches(1), Inches(1)).text_frame.text = text
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(3), Inches(1), Inches(1)).text_frame.text = "grouped"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(6), Inches(4), Inches(1)).table
    for number, text in enumerate(("Ward", "Votes", "Ely", "4")):
        table.cell(number // 2, number % 2).text = text
    slide.notes_slide.notes_text_frame.text = "Say hello."
    out = io.BytesIO()
    deck.save(out)
    text = read_pptx(out.getvalue(), Path("a.pptx")).text
    assert text == "left\n\nright\n\ngrouped\n\nbottom\n\nWard | Votes\nWard: Ely | Votes: 4\n\nNotes: Say hello."


# Sheets and records


def test_each_row_of_a_sheet_can_be_read_alone_with_plain_numbers_and_dates():
    rows = [
        ["Votes of the year"],
        ["Ward", "Day", "Votes", "Share"],
        ["Ely", date(2024, 3, 3), 4, 0.1 + 0.2],
        [],
        ["Usk", None, 9],
    ]
    content = read_sheet(workbook({"Votes": rows}), Path("a.xlsx"))
    assert content.text.split("\n\n") == [
        "Votes of the year",
        "Ward; Day; Votes; Share",
        "Ward: Ely; Day: 2024-03-03; Votes: 4; Share: 0.3",
        "Ward: Usk; Votes: 9",
    ]
    assert content.page_starts == (0,)


def test_sheets_are_pages_under_their_names():
    content = read_sheet(workbook({"One": [["a", "b"], ["c", 1]], "Two": [[1, 2]]}), Path("a.xlsx"))
    assert content.text == "One\n\na; b\n\na: c; b: 1\n\nTwo\n\n1; 2"
    assert content.page_starts == (0, content.text.index("Two"))


def test_cells_beyond_the_limit_are_told():
    text = "a,b\n" + "x1,y1\n" * (MAX_CELLS // 2)
    content = read_csv(b"", Path("a.csv"), text)
    assert content.text.count("\n\n") == MAX_CELLS // 2 - 1
    assert content.notes[0].startswith(f"The file was read up to row {MAX_CELLS // 2:,} only")


def test_an_ods_is_read():
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'.format
    rows = "".join(
        f"<table:table-row>{cell(a)}{cell(b)}</table:table-row>" for a, b in [("Ward", "Votes"), ("Ely", "few")]
    )
    content = (
        f'{ODT_HEAD}<office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    members = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content}
    manifest = {"META-INF/manifest.xml": f'<m:manifest xmlns:m="{ODF}manifest:1.0"/>'}
    assert read_sheet(zipped(members | manifest), Path("a.ods")).text == "Ward; Votes\n\nWard: Ely; Votes: few"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_csv_is_read_with_whatever_parts_its_cells(mark):
    text = mark.join(["Ward", "Said"]) + "\r\n" + mark.join(["Ely", f'"no{mark} ""never""\nagain"']) + "\r\n"
    assert read_csv(b"", Path("a.csv"), text).text == f'Ward; Said\n\nWard: Ely; Said: no{mark} "never" again'.replace(
        "\t", " "
    ).replace("no  ", "no ")


def test_rows_without_names_of_columns_get_none():
    assert read_csv(b"", Path("a.csv"), "2024,4\n2025,5\n").text == "2024; 4\n\n2025; 5"


def test_json_lines_are_paragraphs_and_broken_ones_are_told_by_number():
    text = '{"by": {"name": "Ines"}, "tags": ["a", 1], "text": "It met.", "none": null}\n{"a": \n[1]\n{"x": true}\n'
    content = read_jsonl(text, Path("a.jsonl"))
    assert content.text == "by.name: Ines\ntags: a, 1\nIt met.\n\nx: true"
    assert content.notes[0].startswith("Line 2 is no JSON") and content.notes[1].startswith("Line 3 is no JSON object")
    assert read_jsonl('[{"a": 1}, {"a": "\\ud800"}]', Path("a.json")).text == "a: 1\n\na: \ufffd"


@pytest.mark.parametrize("text", ["", "{}", "[1, 2]", "{", "[" * 100_000, '{"a": ' + "9" * 5_000 + "}"])
def test_records_without_a_value_are_refused(text):
    with pytest.raises(LoadError, match="Write one object a line"):
        read_jsonl(text, Path("a.jsonl"))


# Hostile and broken files


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    data = zipped({"word/document.xml": bytes(300_000_000)})
    for read, _ in VALID.values():
        with pytest.raises(LoadError):
            read(data, Path("a.docx"))
    with pytest.raises(LoadError, match="300,000,000 bytes"):
        open_zip(data, Path("a.docx"))
    with pytest.raises(LoadError, match="2,001 parts"):
        open_zip(zipped({str(number): b"" for number in range(2_001)}), Path("a.docx"))


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_docx, word(p(r("&c;")), before=BOMB)),
        (read_odt, odt("<text:p>&c;</text:p>", before=BOMB)),
        (read_pptx, zipped({"ppt/presentation.xml": BOMB + "<x>&c;</x>"})),
    ],
)
def test_entities_are_refused(read, data):
    with pytest.raises(LoadError, match="declares entities"):
        read(data, Path("a.docx"))


def test_encrypted_files_are_told_from_broken_ones():
    for read in (read_docx, read_odt, read_pptx, read_sheet):
        with pytest.raises(LoadError, match="is encrypted"):
            read(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), Path("a.docx"))
    with pytest.raises(LoadError, match="before 2007"):
        read_docx(OLE + bytes(600), Path("a.docx"))
    with pytest.raises(LoadError, match="is encrypted"):
        read_odt(odt("<text:p>x</text:p>", **{"META-INF/manifest.xml": "<m:encryption-data/>"}), Path("a.odt"))
    flagged = bytearray(zipped({"word/document.xml": "x"}))
    flagged[flagged.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(LoadError, match="is encrypted"):
        read_docx(bytes(flagged), Path("a.docx"))


def test_names_that_lead_out_of_the_archive_are_never_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert docx_text(p(r("Read.")), **{"../../evil.txt": "x", "/tmp/evil": "x", "C:\\evil": "x"}) == "Read."
    assert list(tmp_path.iterdir()) == []


def test_parts_nested_too_deeply_are_refused():
    deep = 5_000
    with pytest.raises(LoadError, match="nested too deeply"):
        read_docx(word(p("<w:ins>" * deep + r("x") + "</w:ins>" * deep)), Path("a.docx"))
    with pytest.raises(LoadError, match="nested too deeply"):
        read_odt(odt("<text:section>" * deep + "</text:section>" * deep), Path("a.odt"))


def test_a_stray_cell_far_out_is_refused_before_it_fills_the_memory():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")
    with pytest.raises(LoadError, match="17,179,869,184 cells"):
        read_sheet(out.getvalue(), Path("a.xlsx"))


def test_a_count_of_strings_that_no_file_can_hold_does_not_end_the_process():
    with zipfile.ZipFile(io.BytesIO(workbook({"S": [["a", "b"]]}))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    strings = members["xl/sharedStrings.xml"]
    members["xl/sharedStrings.xml"] = strings.replace(b'uniqueCount="2"', b'uniqueCount="999999999999"')
    with pytest.raises(LoadError, match="says to hold more"):
        read_sheet(zipped(members), Path("a.xlsx"))


def test_a_table_of_fonts_without_end_does_not_hang():
    assert rtf_text(r"{\fonttbl" + r"{\f1 \fcharset0 " * 20_000 + "}" * 20_001 + "Read.") == "Read."


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_docx, word("")),
        (read_odt, odt("<text:p> </text:p>")),
        (read_rtf, rb"{\rtf1 }"),
        (read_pptx, slides("")),
        (read_sheet, workbook({"Empty": [[]]})),
    ],
)
def test_files_without_text_are_refused_in_words(read, data):
    with pytest.raises(LoadError, match="holds no text"):
        read(data, Path("a.docx"))


@pytest.mark.parametrize("kind", VALID)
def test_a_file_of_another_kind_is_refused(kind):
    read, own = VALID[kind]
    for data in (b"", b"Plain text.", *(data for _, data in VALID.values() if data is not own)):
        with pytest.raises(LoadError, match=r"'a\.x'"):
            read(data, Path("a.x"))


@pytest.mark.parametrize("kind", VALID)
def test_a_cut_or_spoilt_file_is_read_or_refused_but_never_crashes(kind):
    read, data = VALID[kind]
    random_ = random.Random(7)
    for _ in range(25):
        spoilt = bytearray(data)
        for _ in range(3):
            spoilt[random_.randrange(len(spoilt))] = random_.randrange(256)
        for broken in (data[: random_.randrange(len(data))], bytes(spoilt)):
            try:
                content = read(broken, Path("a.x"))
            except LoadError:
                continue
            assert content.text.strip()
            content.text.encode()


@pytest.mark.parametrize("kind", VALID)
@settings(max_examples=30, deadline=None)
@given(rest=st.binary(max_size=300), head=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"{\\rtf1", OLE]))
def test_random_bytes_are_read_or_refused_but_never_crash(kind, rest, head):
    with suppress(LoadError):
        assert VALID[kind][0](head + rest, Path("a.x")).text is not None


@settings(deadline=None)
@given(text=st.text(max_size=300))
def test_no_text_crashes_the_readers_of_rows_and_records(text):
    for read in (lambda: read_csv(b"", Path("a.x"), text), lambda: read_jsonl(text, Path("a.x"))):
        with suppress(LoadError):
            assert read().text.encode()


@given(blocks=st.lists(st.text(alphabet=f"ab \n{PAGE}", max_size=12)))
def test_pages_rise_from_0_and_lie_inside_the_text(blocks):
    text, starts = join_blocks(blocks)
    assert list(starts) == sorted(starts) and all(0 <= start < len(text) for start in starts)
    assert not starts or starts[0] == 0
    assert all(not text[start].isspace() for start in starts[1:])
    assert PAGE not in text and "".join(text.split()) == "".join("".join(blocks).split())


def test_a_form_is_no_table_with_names_of_columns():
    assert table_lines([["Name:", "Ines"], ["Age:", "30"]]) == ["Name: | Ines", "Age: | 30"]
    assert table_lines([["", "2024"], ["Ely", "4"]]) == ["2024", "Ely | 4"]
