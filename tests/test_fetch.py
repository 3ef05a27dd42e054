"""Pages are fetched by order only: from where is allowed, within limits, and so that they tell where they are from."""

from __future__ import annotations

import gzip
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from cli.main import main
from index.errors import UserFacingError
from index.fetch import fetch_pages, is_public, read_addresses
from index.load import load_document
from index.records import Failure

PAGE = "<html><head><title>The bridge</title></head><body><p>The mayor’s café is closed, he said.</p></body></html>"
Allowed = Callable[[str], bool]
KINDS = {
    "/a": ("text/html; charset=utf-8", PAGE.encode()),
    "/old": ("text/html; charset=windows-1251", "<p>Мост закрыт, сказал мэр.</p>".encode("cp1251")),
    "/2024/03/03/text": ("text/plain", b"Plain words."),
    "/pdf": ("application/pdf", b"%PDF-1.4"),
    "/png": ("image/png", b"\x89PNG"),
    "/zipped": ("text/html", gzip.compress(PAGE.encode())),
}
REDIRECTS = {
    "/moved": "/a", "/circle": "/circle", "/file": "file:///etc/passwd", "/inner": "http://169.254.169.254/latest",
    "/ftp": "ftp://example.org/a",
}  # fmt: skip


class Handler(http.server.BaseHTTPRequestHandler):
    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.seen.append(f"{self.path} {self.headers['Host']}")
        if self.path in REDIRECTS:
            self.send_response(302)
            self.send_header("Location", REDIRECTS[self.path])
            self.end_headers()
        elif self.path == "/endless":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"<p>more</p>" * 100_000)
            except OSError:
                return
        elif self.path in KINDS:
            kind, data = KINDS[self.path]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            if self.path == "/zipped":
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(data)
        else:
            self.send_error(404)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def fetched(folder: Path, *addresses: str, allowed: Allowed = lambda _: True) -> list[Path | Failure]:
    return list(fetch_pages(addresses, folder, allowed, pause_s=0))


def reason(folder: Path, address: str, allowed: Allowed = lambda _: True) -> str:
    (failure,) = fetched(folder, address, allowed=allowed)
    assert isinstance(failure, Failure) and failure.uri == address
    return failure.reason


def test_a_page_is_saved_so_that_its_document_knows_where_it_is_from(tmp_path, site):
    (path,) = fetched(tmp_path, f"{site}/a")
    assert path.read_text(encoding="utf-8").startswith(f"<!-- saved from url=({len(site) + 2:04d}){site}/a -->\n<html>")
    assert load_document(path).title == "The bridge"


def test_a_page_keeps_the_encoding_that_its_server_tells(tmp_path, site):
    (path,) = fetched(tmp_path, f"{site}/old")
    assert "Мост закрыт, сказал мэр." in load_document(path).text


@pytest.mark.parametrize(("name", "suffix"), [("/2024/03/03/text", ".txt"), ("/pdf", ".pdf"), ("/zipped", ".html")])
def test_what_can_be_read_is_saved_as_what_it_is(tmp_path, site, name, suffix):
    (path,) = fetched(tmp_path, site + name)
    assert path.suffix == suffix and list(tmp_path.iterdir()) == [path]


def test_the_address_after_redirects_is_the_one_that_is_kept_and_the_name_is_that_of_the_one_asked(tmp_path, site):
    (path,) = fetched(tmp_path, f"{site}/moved")
    assert f"{site}/a -->" in path.read_text(encoding="utf-8") and "moved" in path.name
    assert fetched(tmp_path, f"{site}/moved") == [path]


def test_this_machine_and_the_local_network_are_not_asked_unless_it_is_said(tmp_path, site):
    asked = len(Handler.seen)
    for address in (f"{site}/a", site.replace("127.0.0.1", "localhost"), "http://[::1]/", "http://[::ffff:10.0.0.1]/"):
        assert "dateline fetch --private" in reason(tmp_path, address, is_public)
    assert len(Handler.seen) == asked and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("machine", "public"),
    [
        ("8.8.8.8", True), ("10.1.2.3", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False),
        ("224.0.0.1", False), ("::1", False), ("fe80::1", False), ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("2606:4700::1111", True),
    ],
)  # fmt: skip
def test_public_machines_are_told_from_others(machine, public):
    assert is_public(machine) is public


def test_where_a_redirect_leads_is_checked_as_well(tmp_path, site):
    assert "169.254.169.254" in reason(tmp_path, f"{site}/inner", lambda machine: machine == "127.0.0.1")


@pytest.mark.parametrize("path", ["/file", "/ftp"])
def test_no_redirect_leads_to_another_protocol(tmp_path, site, path):
    assert "it must be http or https" in reason(tmp_path, site + path)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/circle", "leads on more than 5 times"),
        ("/nothing", "answers 404 Not Found"),
        ("/png", "is of the type 'image/png'"),
        ("/endless", "more than 20,000,000 bytes"),
    ],
)
def test_what_is_not_saved_is_told_with_its_reason(tmp_path, site, address, words):
    assert words in reason(tmp_path, site + address)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "address", ["ftp://example.org/", "http://user:secret@127.0.0.1/", "http://", "http://[", "no"]
)
def test_no_other_addresses_are_asked(tmp_path, address):
    assert reason(tmp_path, address)


def test_the_name_that_was_asked_for_is_told_to_the_server(tmp_path, site):
    fetched(tmp_path, site.replace("127.0.0.1", "localhost") + "/a")
    assert Handler.seen[-1] == f"/a localhost:{site.rpartition(':')[2]}"


def test_a_failure_leaves_the_others(tmp_path, site):
    first, second = fetched(tmp_path, f"{site}/nothing", f"{site}/a")
    assert isinstance(first, Failure) and isinstance(second, Path)


def test_the_command_tells_what_was_saved_and_what_was_not(tmp_path, site, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["fetch", f"{site}/a", f"{site}/nothing", "--to", str(tmp_path), "--private"])
    told = capsys.readouterr()
    (path,) = tmp_path.iterdir()
    assert told.out == f"saved {path}\n1 page saved, 1 failed\nAdd them: dateline add {tmp_path}\n"
    assert "answers 404" in told.err and ended.value.code == 1


def test_addresses_are_taken_from_files_each_once_without_remarks(tmp_path):
    (tmp_path / "list.txt").write_text("\ufeffhttps://a.example/\n\n# later\nhttps://b.example/\n", encoding="utf-8")
    found = read_addresses([str(tmp_path / "list.txt"), "https://a.example/"])
    assert found == ["https://a.example/", "https://b.example/"]
    with pytest.raises(UserFacingError, match="neither an address"):
        read_addresses(["gone.txt"])
