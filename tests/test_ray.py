"""What Ray promises: what `add` gives without it, each document once, whatever is killed meanwhile."""

from __future__ import annotations

import importlib
import importlib.util
import ipaddress
import os
import pickle
import signal
import subprocess
import sys
import zipfile
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import psutil
import pytest
from deadly import echo_or_die, prepare_or_die
from fakes import HashingEmbedder, prepare_lines
from pdfs import pdf_of
from test_load_office import written
from typer.testing import CliRunner

from cli.common import State
from cli.main import app
from index.cluster import Cluster
from index.errors import LibraryError, UserFacingError
from index.pipeline import open_library

ROOT = Path(__file__).parents[1]
pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="dateline[ray] is not installed"),
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL"),
]
LINES = {"prepare": prepare_lines, "suffixes": {".txt"}}
DEADLY = {"prepare": prepare_or_die, "suffixes": {".txt"}}
MARK = b"From a Mon Mar  4 10:00:00 2024\n"
STORY = "Trial opens\n\nKOBLENZ, {day} - The court in Koblenz heard {number} witnesses on Monday. It rose at noon.\n"


@pytest.fixture(scope="module")
def cluster():
    with pytest.MonkeyPatch.context() as patch, Cluster("local", HashingEmbedder, workers=2) as opened:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))  # where Ray's processes find the fakes
        yield opened


def kept(folder, **how):
    """Everything that a library holds of its documents, by path."""
    with open_library(folder, HashingEmbedder(), **how) as library:
        told = {}
        for state in library.documents():
            document, passages = state.document, library.passages_of(state.document.doc_id)
            ids = [passage.passage_id for passage in passages]
            told[document.uri] = (document, state.state, passages, library.mentions(document.doc_id), ids)
        ids = sorted(each for *_, of_one in told.values() for each in of_one)
        found, vectors = library._record.vectors(ids)
        by_id = dict(zip(found, vectors, strict=True))
        return told, np.stack([by_id[each] for each in ids]), library.sentence_vectors(ids), library.damage()


def assert_same(one, other):
    assert one[0] == other[0]
    assert np.allclose(one[1], other[1], atol=1e-5)
    assert one[2].keys() == other[2].keys()
    assert all(np.allclose(one[2][each], other[2][each], atol=1e-3) for each in one[2])
    assert one[3] == other[3] == []


def rows(report):
    return sorted((row.path, row.outcome, row.other, row.reason) for row in report.rows)


def mail(number):
    message = EmailMessage()
    message["From"], message["Subject"] = "Ines Weber <ines@example.org>", f"Minutes {number}"
    message["Date"] = "Mon, 04 Mar 2024 10:00:00 +0100"
    message.set_content(f"The council met {number} times.\n")
    annex = pdf_of([[f"Annex {number}: the council votes on the loan."]])
    message.add_attachment(annex, "application", "pdf", filename="annex.pdf")
    return message


@pytest.fixture
def mixed(tmp_path):
    """Files of many kinds: some that cannot be read, some twice, some that hold several documents, some in doubt."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "court.txt").write_text(STORY.format(day="June 1, 2021", number="nine"))
    (folder / "doubt.txt").write_text("Bank closes\n03/04/2024\n\nA bank in Basel closed.\n")
    (folder / "decides.txt").write_text("Flood recedes\n25/12/2023\n\nThe Elbe fell by a metre.\n")
    page = "<html><head><title>Tram</title></head><body><p>The tram line was approved on 3 May 2024.</p></body></html>"
    (folder / "page.html").write_text(page)
    (folder / "report.pdf").write_bytes(pdf_of([["The harbour was closed for nine days."], ["It opened in May."]]))
    (folder / "word.docx").write_bytes(written())
    (folder / "mail.eml").write_bytes(bytes(mail(1)))
    (folder / "box.mbox").write_bytes(b"".join(MARK + bytes(mail(number)) + b"\n" for number in (2, 3)))
    (folder / "rows.csv").write_text("name,votes\nInes,4\nUwe,5\n")
    with zipfile.ZipFile(folder / "several.zip", "w") as archive:
        archive.writestr("inner.txt", "Ferry sinks\n\nA ferry sank off Riga.\n")
        archive.writestr("again.txt", (folder / "court.txt").read_bytes())
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of a PDF")
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 nothing of an archive")
    (folder / "copy.txt").write_text(STORY.format(day="June 1, 2021", number="nine"))
    (folder / "empty.txt").write_text("")
    return folder


def test_a_mixed_folder_and_its_changes_give_what_they_give_without_ray(cluster, mixed, tmp_path):
    def add_both():
        reports = []
        for name, how in (("plain", {}), ("ray", {"cluster": cluster})):
            with open_library(tmp_path / name, HashingEmbedder()) as library:
                reports.append(library.add([mixed], **how))
        plain, ray = reports
        assert rows(ray) == rows(plain)
        assert ray.passages_embedded == plain.passages_embedded
        assert_same(kept(tmp_path / "ray"), kept(tmp_path / "plain"))
        return ray

    first = add_both()
    assert {Path(one.uri).name for one in first.failed} == {"broken.pdf", "broken.zip", "empty.txt"}
    assert len(first.duplicates) == 2 and len(first.added) == 14

    (mixed / "copy.txt").write_text(STORY.format(day="June 1, 2021", number="ten") + "It will rule in July.\n")
    (mixed / "page.html").rename(mixed / "tram.html")
    with (mixed / "box.mbox").open("ab") as box:
        box.write(MARK + bytes(mail(4)))
    second = add_both()
    assert second.counts["unchanged"] and second.counts["moved"] == 1 and len(second.changed) == 2


def test_a_worker_that_is_killed_takes_nothing_along_and_nothing_is_there_twice(cluster, tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.txt").write_text(f"Report {number}\nTown {number} met.")
    (folder / "20.txt").write_text("DEADLY ONCE\nA report.")
    (folder / "30.txt").write_text("DEADLY\nA report.")
    with open_library(tmp_path / "library", HashingEmbedder(), **DEADLY) as library:
        report = library.add([folder], cluster=cluster)
        assert (folder / ".20.txt.seen").exists() and (folder / ".30.txt.seen").exists()
        assert [Path(one.uri).name for one in report.failed] == ["30.txt"]
        assert "each process of Ray that tried was ended" in report.failed[0].reason
        assert len(report.added) == len(library.documents()) == 39
        assert report.passages_embedded == library.count_passages() == 78


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from fakes import HashingEmbedder, prepare_lines
from index.cluster import Cluster
from index.pipeline import open_library

kept = []

def kill(frame, event, argument):
    if event == "call" and frame.f_code.co_name == "insert_prepared":
        kept.append(1)
        if len(kept) == 25:
            os.kill(os.getpid(), signal.SIGKILL)

library = open_library({library!r}, HashingEmbedder(), prepare=prepare_lines, suffixes={{".txt"}})
sys.setprofile(kill)
library.add([{folder!r}], cluster=Cluster({address!r}, HashingEmbedder, workers=1))
"""


def test_a_run_on_a_cluster_that_is_killed_goes_on_where_it_ended(cluster, tmp_path):
    assert list(cluster.do(echo_or_die, [pickle.dumps("one")], 1, ordered=True)) == [(0, "one")]
    address = importlib.import_module("ray").get_runtime_context().gcs_address
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number:02}.txt").write_text(f"Report {number}\nTown {number} met.")
    names = {"tests": str(Path(__file__).parent), "library": str(tmp_path / "library"), "folder": str(folder)}
    command = [sys.executable, "-c", KILLED.format(**names, address=address)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL

    with open_library(tmp_path / "library", HashingEmbedder(), **LINES) as library:
        assert library.count_documents() == 24
        report = library.add([folder], cluster=cluster)
        assert report.counts == {"added": 36, "unchanged": 24}
        assert report.passages_embedded == 72
        assert library.count_passages() == 120
    with open_library(tmp_path / "plain", HashingEmbedder(), **LINES) as library:
        library.add([folder])
    assert_same(kept(tmp_path / "library", **LINES), kept(tmp_path / "plain", **LINES))


def test_work_that_ends_its_process_is_left_out_and_the_rest_comes_in_its_order(cluster):
    work = [pickle.dumps(word) for word in ("one", "two", "deadly", "four")]
    assert list(cluster.do(echo_or_die, work, 1, ordered=True)) == [(0, "one"), (1, "two"), (3, "four")]


def test_ray_here_can_be_started_again_and_listens_on_this_machine_alone_and_reports_nothing(cluster):
    cluster.close()
    assert list(cluster.do(echo_or_die, [pickle.dumps("one")], 1, ordered=True)) == [(0, "one")]
    listening = [
        one.laddr.ip
        for process in (psutil.Process(), *psutil.Process().children(recursive=True))
        for one in process.net_connections("inet")
        if one.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert all(ipaddress.ip_address(ip.removeprefix("::ffff:")).is_loopback for ip in listening)
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"


def test_a_library_that_holds_everything_starts_no_ray(tmp_path):
    (tmp_path / "court.txt").write_text("Trial opens\n\nThe court heard nine witnesses.\n")
    with open_library(tmp_path / "library", HashingEmbedder()) as library:
        library.add([tmp_path / "court.txt"])
    asked = []

    def open_cluster(settings, address, workers):
        asked.append((address, workers))
        return Cluster("127.0.0.1:1", HashingEmbedder, workers)

    state = State(
        {"library": tmp_path / "library"},
        open_library=lambda settings, on_progress: open_library(settings.library, HashingEmbedder()),
        open_cluster=open_cluster,
    )
    given = ["add", str(tmp_path / "court.txt"), "--ray", "local", "--workers", "2"]
    done = CliRunner().invoke(app, given, obj=state)
    assert done.exit_code == 0 and "1 unchanged" in done.output
    assert asked == [("local", 2)]


def test_a_cluster_that_is_not_there_is_told_and_what_was_added_stays(tmp_path):
    (tmp_path / "court.txt").write_text("Trial opens\nThe court heard nine witnesses.")
    with open_library(tmp_path / "library", HashingEmbedder(), **LINES) as library:
        library.add([tmp_path / "court.txt"])
        (tmp_path / "bank.txt").write_text("Bank closes\nA bank in Basel closed on Friday.")
        with pytest.raises(LibraryError, match="'127.0.0.1:1' cannot be used .*refused.*stays.*leave out --ray"):
            library.add([tmp_path], cluster=Cluster("127.0.0.1:1", HashingEmbedder))
        assert [Path(state.document.uri).name for state in library.documents()] == ["court.txt"]
    with pytest.raises(UserFacingError, match="'nowhere', which is no address"):
        Cluster("nowhere", HashingEmbedder)


def test_workers_without_ray_are_refused(tmp_path):
    done = CliRunner().invoke(app, ["add", str(tmp_path), "--workers", "2"], obj=State({"library": tmp_path}))
    assert done.exit_code == 1 and "--workers 2 are processes of Ray" in done.output


def test_without_ray_the_package_to_install_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UserFacingError, match=r"'local'.*not installed.*pip install \"dateline\[ray\]\""):
        Cluster("local", HashingEmbedder)
