"""What is inside a container becomes documents of its own, each saying where it was; what could do harm is refused."""

from __future__ import annotations

import io
import json
import mailbox
import zipfile
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_load_mail import outlook

from index.errors import LoadError
from index.load import CONTAINER, NOTES, load_document, load_documents
from index.load.articles import articles_of
from index.load.kinds import kind_of
from index.load.members import Budget, Member, Refused, harmless, members_of
from index.records import Document, Failure

LONG = "The council approved the loan for the Harrow bridge on Tuesday after a long debate. " * 6
DAY = "Sun, 3 Mar 2019 10:00:00 +0100"
Z = Path("a.zip")


def zipped(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def word(text: str) -> bytes:
    out, document = io.BytesIO(), docx.Document()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def mail(body: str = "See the files.\n", **attached: bytes) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["Date"] = "The bridge", "Ines Calder <ines@example.org>", DAY
    message.set_content(body)
    for name, data in attached.items():
        message.add_attachment(data, "application", "octet-stream", filename=name.replace("_", "."))
    return message


def load(tmp_path: Path, name: str, data: bytes, **given: str) -> tuple[dict[str, Document], dict[str, str]]:
    """The documents and the failures, by the end of their address behind that of the file."""
    (tmp_path / name).write_bytes(data)
    found = load_documents(tmp_path / name, given)
    start = len(str(tmp_path / name))
    documents = {one.uri[start:]: one for one in found if isinstance(one, Document)}
    return documents, {one.uri[start:]: one.reason for one in found if isinstance(one, Failure)}


def given_names(data: bytes, budget: Budget | None = None) -> tuple[list[str], dict[str, str]]:
    found = list(members_of(Z, data, "zip", budget))
    refused = {one.name: one.reason for one in found if isinstance(one, Refused)}
    return [one.name for one in found if isinstance(one, Member)], refused


def test_a_file_that_holds_no_others_is_a_list_of_one(tmp_path):
    documents, failures = load(tmp_path, "a.txt", b"The bridge is closed.\n")
    assert documents == {"": load_document(tmp_path / "a.txt")} and not failures


def test_the_members_of_an_archive_are_documents_with_its_address_before_their_names(tmp_path):
    data = zipped({"2024/report.docx": word("The report says yes."), "notes.txt": "Published: 2024-03-03\n\nNotes."})
    documents, failures = load(tmp_path, "all.zip", data)
    assert list(documents) == ["/2024/report.docx", "/notes.txt"] and not failures
    notes = documents["/notes.txt"]
    assert (notes.published.isoformat(), notes.origins[CONTAINER]) == ("2024-03-03", "inside 'all.zip'")
    (tmp_path / "notes.txt").write_bytes(b"Published: 2024-03-03\n\nNotes.")
    assert notes.doc_id == load_document(tmp_path / "notes.txt").doc_id


def test_one_bad_member_leaves_the_others(tmp_path):
    data = zipped({"a.txt": "Good.", "b.pdf": b"%PDF-1.4 bad", "c.exe": b"MZ", "d.txt": b"", "e.txt": "Also good."})
    documents, failures = load(tmp_path, "all.zip", data)
    assert list(documents) == ["/a.txt", "/e.txt"]
    assert list(failures) == ["/b.pdf", "/c.exe", "/d.txt"]
    assert "cannot be read yet (.exe)" in failures["/c.exe"] and "is empty" in failures["/d.txt"]
    assert "'b.pdf' is damaged or no PDF" in failures["/b.pdf"]


def test_containers_in_containers_are_opened_three_deep(tmp_path):
    inner = zipped({"deepest.txt": "At the bottom."})
    for number in (3, 2, 1):
        inner = zipped({f"{number}.zip": inner, f"{number}.txt": f"Level {number}."})
    documents, failures = load(tmp_path, "all.zip", inner)
    assert list(documents) == ["/1.zip/2.zip/3.txt", "/1.zip/2.txt", "/1.txt"]
    assert list(failures) == ["/1.zip/2.zip/3.zip"] and "no more are opened" in failures["/1.zip/2.zip/3.zip"]


def test_what_the_user_gives_holds_for_every_member_but_a_title_for_none(tmp_path):
    data = zipped({"a.txt": "One.", "b.txt": "Two."})
    documents, _ = load(tmp_path, "all.zip", data, outlet="The Courier")
    assert {one.outlet for one in documents.values()} == {"The Courier"}
    with pytest.raises(LoadError, match="one title is given"):
        load(tmp_path, "all.zip", data, title="All")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        ("/etc/a.txt", "etc/a.txt"),
        ("C:\\Windows\\a.txt", "Windows/a.txt"),
        ("a/./b//c.txt", "a/b/c.txt"),
        ("a\n\x1b[31m\u202etxt.b", "a[31mtxt.b"),
        ("..", "without a name"),
    ],
)
def test_a_members_name_leads_nowhere(name, shown):
    assert harmless(name) == shown


def test_two_members_of_one_name_are_told_apart_and_hidden_ones_left_out():
    data = zipped({"a.txt": "One.", "./a.txt": "Two.", ".hidden.txt": "x", "__MACOSX/._a.txt": "x"})
    assert given_names(data) == (["a.txt", "a (2).txt"], {})


def test_links_in_archives_are_not_followed():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    names, refused = given_names(out.getvalue())
    assert not names and "Links in archives are not followed" in refused["link.txt"]


def test_an_encrypted_member_is_told_and_the_others_are_given():
    data = bytearray(zipped({"a.txt": "One.", "b.txt": "Two."}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    names, refused = given_names(bytes(data))
    assert names == ["b.txt"] and "It is encrypted" in refused["a.txt"]


def test_a_spoilt_member_is_told_and_the_others_are_given():
    data = zipped({"a.txt": "Some words here.", "b.txt": "Two."}, zipfile.ZIP_STORED).replace(b"Some", b"SOME", 1)
    names, refused = given_names(data)
    assert names == ["b.txt"] and "It cannot be unpacked (Bad CRC-32" in refused["a.txt"]


def test_what_would_fill_the_memory_is_refused_before_it_is_unpacked():
    names, refused = given_names(zipped({"bomb.txt": bytes(30_000_000), "a.txt": "One."}))
    assert names == ["a.txt"] and "It would grow from" in refused["bomb.txt"]


def test_no_more_than_so_many_members_and_bytes_are_unpacked():
    data = zipped({f"{number}.txt": "12345" for number in range(4)})
    names, refused = given_names(data, Budget(members=3))
    assert names == ["0.txt", "1.txt", "2.txt"] and list(refused) == ["3.txt"]
    names, refused = given_names(data, Budget(size=14))
    assert names == ["0.txt", "1.txt"] and "Unpack it yourself" in refused["2.txt"]


def test_the_limits_hold_for_all_that_is_nested(tmp_path):
    inner = zipped({f"{number}.txt": f"{number}." for number in range(4)})
    (tmp_path / "all.zip").write_bytes(zipped({"a.zip": inner, "b.zip": inner}))
    found = load_documents(tmp_path / "all.zip", budget=Budget(members=4))
    assert [type(one) for one in found] == [Document, Document, Document, Failure, Failure]
    assert found[-1].uri.endswith("all.zip/b.zip")


def test_names_from_old_windows_and_macs_are_read():
    for encoding in ("utf-8", "cp866"):
        names = [name.encode(encoding).decode("cp437") for name in ("Отчёт о мосте.txt", "Письмо мэра города.txt")]
        entries = [one.name for one in members_of(Z, unmarked(names), "zip")]
        assert entries == ["Отчёт о мосте.txt", "Письмо мэра города.txt"]


def unmarked(names: list[str]) -> bytes:
    """An archive whose names are written as bytes without the mark of UTF-8."""

    class Old(zipfile.ZipInfo):
        def _encodeFilenameFlags(self):
            return self.filename.encode("cp437"), self.flag_bits & ~0x800

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(Old(name), "Text.")
    return out.getvalue()


def test_a_mail_stays_a_document_and_its_attachments_come_beside_it(tmp_path):
    message = mail(report_docx=word("The report says no."), all_zip=zipped({"in.txt": "Inside."}))
    documents, failures = load(tmp_path, "a.eml", message.as_bytes())
    assert list(documents) == ["", "/report.docx", "/all.zip/in.txt"] and not failures
    assert NOTES not in documents[""].origins
    report = documents["/report.docx"]
    assert (report.author, report.published.isoformat()) == ("Ines Calder", "2019-03-03")
    assert report.origins["published"].startswith("the mail it was attached to: the mail's Date header")
    assert "Attachments that were not read: report.docx; all.zip." in load_document(tmp_path / "a.eml").origins[NOTES]


def test_what_an_attachment_says_itself_comes_before_its_mail(tmp_path):
    page = (
        b"<html><head><meta name='author' content='Bo Ek'></head><body><p>The bridge is closed today.</p></body></html>"
    )
    documents, _ = load(tmp_path, "a.eml", mail(page_html=page).as_bytes())
    assert (documents["/page.html"].author, documents["/page.html"].published.isoformat()) == ("Bo Ek", "2019-03-03")


def test_pictures_inside_the_text_and_signatures_are_no_attachments(tmp_path):
    message = mail()
    message.add_alternative("<p>See <img src='cid:x'></p>", subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG" * 50, "image", "png", cid="<x>")
    message.make_mixed()
    message.add_attachment(b"...", "application", "pgp-signature", filename="signature.asc")
    assert list(load(tmp_path, "a.eml", message.as_bytes())[0]) == [""]
    assert not load(tmp_path, "a.eml", message.as_bytes())[1]


def test_attachments_of_an_outlook_message_come_beside_it(tmp_path):
    data = outlook({0x37: "The bridge", 0x1000: "The loan."}, attached=("a.rtf", b"{\\rtf1 Hello there.}"))
    documents, failures = load(tmp_path, "a.msg", data)
    assert {uri: one.title for uri, one in documents.items()} == {"": "The bridge", "/a.rtf": "Hello there."}
    assert not failures


def test_a_mailbox_is_its_mails_with_their_attachments(tmp_path):
    box = mailbox.mbox(tmp_path / "box")
    box.add(mail("First.\n\nFrom the mayor, 2019\n"))
    box.add(mail("Second.\n", report_docx=word("In the box.")))
    box.close()
    data = (tmp_path / "box").read_bytes()
    assert kind_of(data, Path("Inbox")) == "mbox"
    documents, failures = load(tmp_path, "a.mbox", data)
    assert list(documents) == ["/mail 1.eml", "/mail 2.eml", "/mail 2.eml/report.docx"] and not failures
    assert documents["/mail 1.eml"].text.endswith("First.\n\nFrom the mayor, 2019")


def test_text_that_begins_with_the_word_from_is_no_mailbox():
    assert kind_of(b"From Paris to London in 2019\nThe train: late again.\n", Path("a.txt")) == "text"


def jsonl(*records: dict) -> str:
    return "\n".join(map(json.dumps, records))


@pytest.mark.parametrize(
    "record",
    [
        {"title": "Loan", "text": LONG, "date": "2024-03-03", "outlet": "Courier", "author": "Ines"},
        {
            "headline": "Loan", "body": LONG, "published_at": "2024-03-03T23:00:00Z", "source": {"name": "Courier"},
            "byline": "Ines",
        },
        {
            "title": "Loan", "maintext": LONG, "date_publish": "2024-03-03 10:00", "source": "Courier",
            "authors": ["Ines"],
        },
        {
            "@type": "NewsArticle", "headline": "Loan", "articleBody": LONG, "datePublished": "2024-03-03",
            "publisher": {"name": "Courier"}, "author": {"name": "Ines"},
        },
        {
            "webTitle": "Loan", "bodyText": LONG, "webPublicationDate": "2024-03-03T10:00:00Z",
            "publication": "Courier", "creator": "Ines",
        },
        {"Title": "Loan", "Story": LONG, "timestamp": 1709460000, "Newspaper": "Courier", "Writer": "Ines"},
        {"name": "Loan", "lead_and_rest": LONG, "created": 1709460000000, "site": "Courier", "author": "Ines"},
    ],
)  # fmt: skip
def test_records_of_whole_articles_are_read_by_their_customary_names(record):
    (article,) = articles_of(jsonl(record), [])
    values = {name: read.value for name, read in article.metadata.items()}
    assert values == {"title": "Loan", "published": "2024-03-03", "outlet": "Courier", "author": "Ines"}
    assert article.text == f"Loan\n\n{LONG.strip()}"


def test_each_article_is_a_document_that_says_which_fields_were_read(tmp_path):
    record = {"headline": "Loan", "body": LONG, "url": "https://www.reuters.com/a", "tags": ["x"], "id": 7}
    documents, failures = load(tmp_path, "a.jsonl", jsonl(record, {"body": f"<p>{LONG}</p><p>End.</p>"}).encode())
    assert list(documents) == ["/line 1", "/line 2"] and not failures
    first, second = documents.values()
    assert first.origins["title"] == "the record's field 'headline'"
    assert (first.outlet, first.origins["outlet"]) == ("Reuters", "the address: https://www.reuters.com/a")
    assert first.origins[NOTES] == "Read as the text: the field 'body'. Fields that were not read: tags, id."
    assert second.text.endswith("debate.\n\nEnd.") and "<p>" not in second.text


NAMED = {"text": "corpo", "title": "titolo", "published": "meta.dt"}


def test_the_keys_that_the_user_names_win_over_names_and_lengths():
    record = {"corpo": "Il tram.", "titolo": "Voto", "title": "No", "meta": {"dt": "2024-03-04", "id": 7}, "text": LONG}
    (article,) = articles_of(jsonl(record), [], NAMED)
    assert (article.text, article.metadata["published"].value) == ("Voto\n\nIl tram.", "2024-03-04")
    assert article.metadata["published"].origin == "the record's field 'meta.dt'"
    assert article.notes[-1] == "Fields that were not read: title, meta.id, text."


def test_a_named_key_that_no_record_has_is_told_with_those_there_are():
    lost: list[str] = []
    record = {"corpo": "Il tram.", "titolo": "Voto"}
    assert len(list(articles_of(jsonl(record), lost, NAMED))) == 1
    assert len(lost) == 1 and "'meta.dt', which you named as its published. There are: corpo, titolo." in lost[0]
    with pytest.raises(LoadError, match="No record has text in the field 'body'.* There are: corpo, titolo"):
        next(articles_of(jsonl(record), [], {"text": "body"}))
    with pytest.raises(LoadError, match="Half of its records have no text of 300 characters"):
        next(articles_of(jsonl(record), [], {"title": "titolo"}))


@pytest.mark.parametrize(
    ("days", "read"),
    [
        (["03/04/2024", "25/12/2023"], ["2024-04-03", "2023-12-25"]),
        (["03/04/2024", "12/25/2023"], ["2024-03-04", "2023-12-25"]),
        (["03/04/2024", "05/05/2024"], [None, "2024-05-05"]),
    ],
)
def test_records_that_write_a_day_before_its_month_decide_for_the_others(days, read):
    found = list(articles_of(jsonl(*({"text": LONG, "date": day} for day in days)), []))
    values = [each.metadata.get("published") for each in found]
    assert [value and value.value for value in values] == read
    assert ("doubt" in found[0].metadata) == (read[0] is None)


def test_short_records_stay_rows_of_one_document(tmp_path):
    documents, _ = load(tmp_path, "a.jsonl", jsonl({"id": 1, "text": "Short."}, {"id": 2, "text": LONG[:80]}).encode())
    assert list(documents) == [""]


def test_records_that_are_no_article_among_articles_are_told(tmp_path):
    lines = [json.dumps({"title": f"Report {n}", "text": f"{LONG} {n}"}) for n in range(3)]
    data = "\n".join([*lines, '{"title": "broken"', '{"title": "No text"}'])
    documents, failed = load(tmp_path, "a.jsonl", data.encode())
    assert len(documents) == 3
    (reason,) = failed.values()
    assert "Line 4 is no JSON" in reason and "Line 5 has no text in its field 'text'" in reason


@given(data=st.binary(max_size=200), kind=st.sampled_from(["zip", "mbox", "eml", "msg", "articles"]))
def test_random_bytes_raise_nothing_but_a_load_error(data, kind):
    with suppress(LoadError):
        assert all(isinstance(one, Member | Refused) for one in members_of(Z, data, kind))


@given(at=st.integers(0, 400), put=st.binary(max_size=6))
def test_a_damaged_archive_gives_members_or_a_reason(at, put):
    data = zipped({"a.txt": "Some words here.", "b/c.txt": "More words." * 9})
    with suppress(LoadError):
        found = list(members_of(Z, data[:at] + put + data[at + len(put) :], "zip"))
        assert all(one.reason if isinstance(one, Refused) else one.name for one in found)
