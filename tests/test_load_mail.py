"""What is read from mails and web archives: the text in a fixed form, and only what the head itself says."""

from __future__ import annotations

import struct
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LoadError
from index.load.content import Content
from index.load.mail import read_eml
from index.load.mhtml import read_mhtml
from index.load.msg import read_msg

HEAD = "Subject: The bridge\nFrom: Ines Calder <ines@example.org>\nDate: Sun, 3 Mar 2019 23:30:00 -0500\n"


def eml(data: str | bytes | EmailMessage) -> Content:
    if isinstance(data, EmailMessage):
        data = data.as_bytes()
    return read_eml(data.encode() if isinstance(data, str) else data, Path("a.eml"))


def mail(body: str = "The council approved the loan.\n", **head: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in ({"Subject": "The bridge", "From": "Ines Calder <ines@example.org>"} | head).items():
        message[name] = value
    message.set_content(body)
    return message


def values(content: Content) -> dict[str, str]:
    return {name: read.value for name, read in content.metadata.items()}


def test_the_text_is_head_lines_then_a_blank_line_then_the_body():
    content = eml("To: a@example.org\nX-Spam: no\n" + HEAD + "\nHello.\r\n\r\n\r\nThe loan.  \r\n")
    assert content.text == (
        "Subject: The bridge\nFrom: Ines Calder <ines@example.org>\nTo: a@example.org\n"
        "Date: Sun, 3 Mar 2019 23:30:00 -0500\n\nHello.\n\nThe loan."
    )
    assert content.notes == ()


def test_the_day_is_that_of_the_senders_own_zone():
    content = eml(HEAD + "\nHello.\n")
    assert values(content) == {"title": "The bridge", "author": "Ines Calder", "published": "2019-03-03"}
    assert content.metadata["published"].origin == "the mail's Date header: 'Sun, 3 Mar 2019 23:30:00 -0500'"


@pytest.mark.parametrize("day", ["soon", "Sun, 31 Feb 2019 10:00:00 +0000", "Thu, 1 Jan 1970 00:00:00 +0000"])
def test_a_date_that_cannot_be_is_none_and_told(day):
    content = eml(f"From: a@example.org\nDate: {day}\n\nHello.\n")
    assert "published" not in content.metadata
    assert content.notes == (f"The mail's Date header is no date that can be: {day!r}.",)


def test_a_mail_without_a_date_has_none():
    assert "published" not in eml("From: a@example.org\n\nHello on 3 March 2019.\n").metadata


@pytest.mark.parametrize(
    ("subject", "title"),
    [("Re: FWD: Re[2]: The bridge", "The bridge"), ("Regarding: the bridge", "Regarding: the bridge"), ("Re:", None)],
)
def test_marks_of_replies_are_no_part_of_the_title(subject, title):
    content = eml(mail(Subject=subject))
    assert values(content).get("title") == title
    assert content.text.startswith(f"Subject: {subject}\n")


@pytest.mark.parametrize(
    ("sender", "author"),
    [
        ("ines@example.org", "ines@example.org"),
        ('"Calder, Ines" <ines@example.org>', "Calder, Ines"),
        ("=?utf-8?Q?Calder=2C_In=C3=A9s?= <ines@example.org>", "Calder, Inés"),
        ("=?utf-8?B?SW7D?= =?utf-8?B?qXM=?= <ines@example.org>", "Inés"),
        ("Inés <ines@example.org>", "Inés"),
        ("'Ines' <ines@example.org>", "Ines"),
        ("(" * 5000, None),
    ],
)
def test_the_author_is_the_display_name_else_the_address(sender, author):
    content = eml(f"From: {sender}\n\nHello.\n")
    assert values(content).get("author") == author or author is None


def test_plain_text_is_preferred_and_attachments_beside_the_html_are_still_named():
    message = mail()
    message.add_alternative("<p>The council <b>declined</b>.</p>", subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG" * 500, "image", "png", filename="map.png")
    content = eml(message)
    assert "approved" in content.text and "declined" not in content.text
    assert content.text.endswith("\n\nAttachments: map.png (2 kB)")
    assert content.notes == ("Attachments that were not read: map.png. Save those you need as files and add them.",)


def test_html_is_read_where_there_is_no_plain_text():
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content(
        "<html><head><title>Not this</title></head><body><p>The council approved the loan for the Harrow bridge after "
        "a long debate, he said in Zürich.</p></body></html>",
        subtype="html",
        charset="latin-1",
    )
    content = eml(message)
    assert "after a long debate, he said in Zürich." in content.text and "<p>" not in content.text
    assert "title" not in content.metadata


def test_forwarded_mails_are_read_with_their_own_heads():
    message = mail("See below.\n")
    message.add_attachment(mail("The first text.\n", Subject="First", Date="01 Feb 2019 10:00:00 +0000"))
    content = eml(message)
    assert content.text.split("\n\n")[1:] == [
        "See below.",
        "Forwarded message:\nSubject: First\nFrom: Ines Calder <ines@example.org>\n"
        "Date: Fri, 01 Feb 2019 10:00:00 +0000",
        "The first text.",
    ]
    assert "published" not in content.metadata


def test_a_digest_is_read_mail_by_mail():
    part = "--b\n\nFrom: {0}@example.org\nSubject: {0}\n\nText of {0}.\n\n"
    head = "From: list@example.org\nContent-Type: multipart/digest; boundary=b\n\n"
    content = eml(head + part.format("one") + part.format("two") + "--b--\n")
    assert content.text.count("Forwarded message:\nSubject: ") == 2
    assert "Text of one." in content.text and "Text of two." in content.text


def test_a_forwarded_mail_in_base64_is_decoded():
    inner = "RnJvbTogYUBleGFtcGxlLm9yZwpTdWJqZWN0OiBJbm5lcgoKVGhlIGlubmVyIHRleHQuCg=="
    content = eml(f"From: b@c.de\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{inner}\n")
    assert content.text.endswith("Forwarded message:\nSubject: Inner\nFrom: a@example.org\n\nThe inner text.")


def test_text_attachments_are_read_and_others_told():
    message = mail()
    message.add_attachment("day,votes\n3 March,9\n", subtype="csv", filename="votes.csv")
    message.add_attachment(b"%PDF" * 3000, "application", "pdf", filename="plan.pdf")
    message.add_attachment(b"\x00\x01\x02", "text", "plain", filename="odd.txt")
    content = eml(message)
    assert content.text.endswith(
        "Attachments: votes.csv (20 bytes); plan.pdf (12 kB); odd.txt (3 bytes)\n\n"
        "Attachment votes.csv:\nday,votes\n3 March,9"
    )
    assert content.notes[-1].startswith("Attachments that were not read: plan.pdf; odd.txt.")


@pytest.mark.parametrize(
    ("charset", "data", "text", "note"),
    [
        ("utf-8", "Zürich".encode(), "Zürich", None),
        ("iso-8859-1", "“Zürich” €".encode("cp1252"), "“Zürich” €", None),
        ("iso-8859-1", "Zürich – Genève".encode(), "Zürich – Genève", "it is UTF-8"),
        ("koi8-r", "Совет одобрил".encode("koi8-r"), "Совет одобрил", None),
        ("iso-2022-jp", "議会は承認".encode("iso-2022-jp"), "議会は承認", None),
        ("x-none", "Zürich".encode(), "Zürich", "it is UTF-8"),
        ("x-none", "Совет одобрил заём на мост".encode("cp1251"), "Совет одобрил заём на мост", "was guessed"),
        ("utf-8", "Zürich, Genè".encode()[:-1], "Zürich, Gen", "middle of a character"),
    ],
)
def test_text_is_read_by_its_charset_and_every_doubt_is_told(charset, data, text, note):
    content = eml(f"From: a@example.org\nContent-Type: text/plain; charset={charset}\n\n".encode() + data)
    assert content.text.partition("\n\n")[2] == text
    assert (note in content.notes[0]) if note else content.notes == ()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_mail_saved_in_another_unicode_form_is_the_same_mail(encoding):
    assert eml((HEAD + "\nZürich.\n").encode(encoding)).text == eml(HEAD + "\nZürich.\n").text


def test_a_mail_that_breaks_off_is_read_and_told():
    message = mail()
    message.add_attachment("day,votes\n", subtype="csv", filename="votes.csv")
    content = eml(message.as_bytes()[:-10])
    assert "approved the loan" in content.text
    assert "The mail is cut off: the end of its parts is missing." in content.notes


def test_an_encrypted_mail_gives_its_head_and_says_what_to_do():
    content = eml(
        HEAD + "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/x\n\nq\n--b--\n"
    )
    assert content.text.startswith("Subject: The bridge\n")
    assert any("Decrypt it" in note for note in content.notes)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no mail"),
        (b"Dear all,\n\nthe loan.\n", "is no mail"),
        (b"From: a@example.org\n\nhel\x00lo\n", "no readable text"),
        (b"From: a@example.org\n\nhel\x00lo", "no readable text"),
        (b"From: 1@2.3\n\n%s" % bytes(range(1, 9)), "control or replacement"),
        (b"Content-Type: message/rfc822\n\n" * 1000 + b"From: a@example.org\n\nHello.\n", "parts within parts|no mail"),
        (b"From: a@b.c\nContent-Type: message/rfc822\n\n" * 1000 + b"Hello.\n", "parts within parts"),
        (
            b"From: a@b.c\n"
            + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1000)),
            "parts within parts",
        ),
        (b"From: a@b.c\nContent-Type: text/plain; " + b"a*0*=b';" * 9000 + b"\n\nHello.\n", "head line"),
    ],
)
def test_what_is_no_mail_or_hostile_is_refused_with_its_reason(data, words):
    with pytest.raises(LoadError, match=words):
        eml(data)


PAGE = "<html><head><title>The bridge</title></head><body><p>{}</p></body></html>".format(
    "The council approved the loan for the Harrow bridge, he said in Zürich on Sunday. " * 5
)


def archive(page: bytes, head: str = "", part: str = "") -> Content:
    text = (
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://www.theguardian.com/world/2019/mar/03/bridge\n"
        f"Subject: The bridge\nDate: Fri, 1 Mar 2024 10:00:00 -0000\n{head}MIME-Version: 1.0\n"
        f'Content-Type: multipart/related; type="text/html"; boundary="b"\n\n--b\nContent-Type: text/html{part}\n'
        "Content-Transfer-Encoding: 8bit\n\n"
    )
    return read_mhtml(text.encode() + page + b"\n--b\nContent-Type: text/css\n\np {}\n--b--\n", Path("a.mhtml"))


def test_a_web_archive_is_read_as_its_page_in_the_pages_own_encoding():
    content = archive(PAGE.encode())
    assert "he said in Zürich on Sunday" in content.text
    assert content.metadata["title"].value == "The bridge"


def test_the_day_a_page_was_saved_is_not_when_it_was_published():
    assert "2024" not in values(archive(PAGE.encode())).get("published", "")


def test_a_web_archive_says_where_it_was_saved_from():
    assert values(archive(PAGE.encode()))["outlet"] == "The Guardian"


def test_an_archive_without_a_page_is_refused():
    with pytest.raises(LoadError, match="no part with HTML"):
        read_mhtml(HEAD.encode() + b"\nHello.\n", Path("a.mhtml"))


def outlook(texts: dict[int, str], when: int | None = None, attached: tuple[str, bytes] | None = None) -> bytes:
    """An Outlook message with text properties by number, after [MS-CFB] and [MS-OXMSG]."""

    def properties(header: int, entries: list[tuple[int, int, bytes]]) -> bytes:
        return bytes(header) + b"".join(struct.pack("<HHI8s", kind, pid, 6, value) for pid, kind, value in entries)

    entries = [(pid, 0x1F, b"") for pid in texts] + ([(0x39, 0x40, struct.pack("<Q", when))] if when else [])
    streams = {f"__substg1.0_{pid:04X}001F": text.encode("utf-16-le") for pid, text in texts.items()}
    root = {"__properties_version1.0": properties(32, entries), **streams}
    child: dict[str, bytes] = {}
    if attached:
        child = {
            "__properties_version1.0": properties(8, [(0x3707, 0x1F, b""), (0x3701, 0x102, b"")]),
            "__substg1.0_3707001F": attached[0].encode("utf-16-le"),
            "__substg1.0_37010102": attached[1],
        }
    return compound(root, child)


def compound(root: dict[str, bytes], child: dict[str, bytes]) -> bytes:
    """A compound file with small streams in its root and, if there is one, in the storage of an attachment."""
    end, none = 0xFFFFFFFE, 0xFFFFFFFF
    nodes = [("Root Entry", 5, b"")] + [(name, 2, data) for name, data in root.items()]
    storage = len(nodes)
    nodes += ([("__attach_version1.0_#00000000", 1, b"")] if child else []) + [(n, 2, d) for n, d in child.items()]
    small, small_table, entries = b"", [], b""
    total = sum(-(-len(data) // 64) * 64 for _, _, data in nodes)
    folder, content = -(-len(nodes) // 4), -(-total // 512)
    for number, (name, kind, data) in enumerate(nodes):
        start, count = len(small_table), -(-len(data) // 64)
        small_table += [*range(start + 1, start + count), end] if count else []
        small += data.ljust(count * 64, b"\0")
        place = {5: (folder + 2, total), 1: (0, 0), 2: (start if count else end, len(data))}[kind]
        right = none if number in {0, storage, len(nodes) - 1} else number + 1
        inside = {0: 1, storage: storage + 1}.get(number, none)
        coded = (name + "\0").encode("utf-16-le")
        entries += struct.pack("<64sHBBIII36xIQ", coded, len(coded), kind, 1, none, right, inside, *place)
    # Sector 0 is the table of sectors, then come the folder, the table of small sectors, and these.
    table = [0xFFFFFFFD, *range(2, folder + 1), end, end, *range(folder + 3, folder + 2 + content), end]
    header = struct.pack("<8s16x5H6x", bytes.fromhex("D0CF11E0A1B11AE1"), 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, folder + 1, 1, end, 0) + struct.pack("<I", 0) + b"\xff" * 432
    tables = [struct.pack(f"<{len(t)}I", *t).ljust(512, b"\xff") for t in (table, small_table)]
    return header + tables[0] + entries.ljust(folder * 512, b"\0") + tables[1] + small.ljust(content * 512, b"\0")


KEPT = "From: =?UTF-8?B?SW7DqXM=?= <ines@example.org>\r\nTo: a@example.org\r\nDate: Sun, 3 Mar 2019 23:30:00 -0500\r\n"
SENT = (1551673800 + 11644473600) * 10**7
"""The same moment in Windows' count: 4 March in UTC."""


def msg(*args, **kwargs) -> Content:
    return read_msg(outlook(*args, **kwargs), Path("a.msg"))


def test_an_outlook_message_reads_like_the_mail_it_was():
    content = msg({0x37: "RE: The bridge", 0x1000: "The loan.\r\nApproved.\r\n", 0x7D: KEPT}, SENT)
    assert content.text == (
        "Subject: RE: The bridge\nFrom: Inés <ines@example.org>\nTo: a@example.org\n"
        "Date: Sun, 3 Mar 2019 23:30:00 -0500\n\nThe loan.\nApproved."
    )
    assert values(content) == {"title": "The bridge", "author": "Inés", "published": "2019-03-03"}


def test_an_outlook_message_without_its_head_has_the_day_in_utc_and_says_so():
    content = msg({0x37: "The bridge", 0x1000: "The loan.", 0xC1A: "Ines", 0xC1F: "ines@example.org"}, SENT)
    assert values(content) == {"title": "The bridge", "author": "Ines", "published": "2019-03-04"}
    assert content.metadata["published"].origin == "the message's time of sending: 2019-03-04 04:30 UTC"


def test_attachments_of_an_outlook_message_are_read_or_told():
    texts = {0x37: "The bridge", 0x1000: "The loan."}
    assert msg(texts, attached=("votes.csv", b"3 March,9")).text.endswith("Attachment votes.csv:\n3 March,9")
    assert msg(texts, attached=("a.pdf", b"%PDF")).notes[0].startswith("Attachments that were not read: a.pdf.")


SAMPLES = [
    (read_eml, mail("Zürich and “Genève”.\n", Date="Fri, 1 Feb 2019 10:00:00 +0000").as_bytes()),
    (read_msg, outlook({0x37: "The bridge", 0x1000: "The loan.", 0x7D: KEPT}, SENT, ("votes.csv", b"3 March,9"))),
]


@pytest.mark.parametrize("read", [read_eml, read_mhtml, read_msg])
@given(data=st.binary(max_size=400), head=st.sampled_from([b"", b"From: a\nContent-Type: ", b"Subject: =?", b"Date: "]))
def test_random_bytes_raise_nothing_but_a_load_error(read, data, head):
    with suppress(LoadError):
        assert "\x00" not in read(head + data, Path("a.eml")).text


@pytest.mark.parametrize(("read", "sample"), SAMPLES)
@given(data=st.data())
def test_cut_and_changed_mails_raise_nothing_but_a_load_error(read, sample, data):
    end = data.draw(st.integers(0, len(sample)))
    at = data.draw(st.integers(0, len(sample) - 1))
    changed = sample[:at] + data.draw(st.binary(max_size=8)) + sample[at + 4 : end]
    with suppress(LoadError):
        assert "\x00" not in read(changed, Path("a.eml")).text
