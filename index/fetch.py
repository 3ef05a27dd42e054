"""Pages saved from the addresses that the user names: those, where they lead, and nothing else on the network.

Each is asked for once, as a browser does, without cookies, scripts or pictures. robots.txt is not asked for: it speaks
to programs that follow links, and none is followed here.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import version
from pathlib import Path

import httpx

from index.errors import UserFacingError
from index.load.html import address_comment, decode_html
from index.records import Failure

MAX_BYTES = 20_000_000
MAX_REDIRECTS = 5
MAX_ADDRESSES = 1_000
"""Of one order."""
WAIT_S = 15.0
"""For each answer of a server."""
PAGE_S = 60.0
"""For one page with all its redirects."""
PAUSE_S = 1.0
"""Between two pages of one host."""
SUFFIXES = {
    "text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "application/pdf": ".pdf",
}  # fmt: skip
"""What is saved, by its media type."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchError(UserFacingError):
    """A page that cannot be had."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a server sent in the end."""

    address: str
    """Where it was after all redirects."""
    kind: str
    """Media type, in small letters."""
    charset: str | None
    data: bytes


def read_addresses(given: Sequence[str]) -> list[str]:
    """The addresses in `given`, each once: addresses, and files with one a line where `#` begins a remark.

    Raises:
        UserFacingError: For what is neither, and for more than MAX_ADDRESSES.
    """
    found: dict[str, None] = {}
    for one in given:
        if re.match(r"https?://", one, re.I):
            found[one] = None
            continue
        try:
            lines = Path(one).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UserFacingError(
                f"{one!r} is neither an address nor a text file of addresses ({error}). Check its spelling."
            ) from error
        found |= dict.fromkeys(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
    if len(found) > MAX_ADDRESSES:
        raise UserFacingError(
            f"{len(found):,} addresses are given, and {MAX_ADDRESSES:,} are fetched at once. Split the list."
        )
    return list(found)


def fetch_pages(
    addresses: Sequence[str], folder: Path, allowed: Callable[[str], bool], *, pause_s: float = PAUSE_S
) -> Iterator[Path | Failure]:
    """The file that each page is saved in, or why it is not, one after the other.

    Args:
        addresses: As `read_addresses` gives them.
        folder: Where the files are put; it is made. A page that was saved before is written anew.
        allowed: Whether the machine with this IP address may be asked: `is_public`, or more.
        pause_s: Between two pages of one host.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked: set[str] = set()
    # No settings of the environment: a proxy would look the names up itself, past the check of where they lead.
    # And no connection is used twice: it is of one name's certificate, and several names share a machine.
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(trust_env=False, timeout=WAIT_S, follow_redirects=False, limits=limits) as client:
        for address in addresses:
            host = httpx.URL(address).host if re.match(r"https?://[^/?#\s]", address, re.I) else ""
            if host in asked:
                time.sleep(pause_s)
            asked.add(host)
            try:
                yield _save(_fetch(client, address, allowed), address, folder)
            except FetchError as error:
                yield Failure(address, str(error))
            except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, ValueError) as error:
                shown = f"{type(error).__name__}: {error}"[:200]
                yield Failure(address, f"{address!r} could not be fetched ({shown}). Save the page in your browser.")


def _fetch(client: httpx.Client, address: str, allowed: Callable[[str], bool]) -> _Answer:
    """The page at `address`, after its redirects; each of them is checked as the first is."""
    url, until = httpx.URL(address), time.monotonic() + PAGE_S
    for _ in range(MAX_REDIRECTS + 1):
        response = _ask(client, url, allowed)
        try:
            if response.is_redirect:
                url = url.join(response.headers["location"])
                continue
            if not response.is_success:
                raise FetchError(
                    f"{str(url)!r} answers {response.status_code} {response.reason_phrase}. Open it in your browser; "
                    "if it is shown there, save it, and add the file."
                )
            told = Message()
            told["Content-Type"] = response.headers.get("content-type", "text/html")
            charset = told.get_content_charset()
            return _Answer(str(url), told.get_content_type(), charset, _body(response, until))
        finally:
            response.close()
    raise FetchError(f"{address!r} leads on more than {MAX_REDIRECTS} times. Save the page in your browser.")


def _ask(client: httpx.Client, url: httpx.URL, allowed: Callable[[str], bool]) -> httpx.Response:
    """The head of the answer, from one of the very machines that were found to be allowed."""
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise FetchError(f"{str(url)!r} is no address that is fetched: it must be http or https, without a password.")
    tried: Exception | None = None
    for machine in _machines(url, allowed):
        # Asked by its number, so that the name cannot lead elsewhere meanwhile; the certificate is that of the name.
        request = client.build_request(
            "GET",
            url.copy_with(host=machine, fragment=None),
            headers={"Host": url.netloc.decode("ascii"), "User-Agent": f"dateline/{version('dateline')}"},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        try:
            return client.send(request, stream=True)
        except httpx.ConnectError as error:
            tried = error
    raise FetchError(f"{url.host!r} cannot be reached ({tried}). Check the address and your connection.") from tried


def _machines(url: httpx.URL, allowed: Callable[[str], bool]) -> list[str]:
    """The IP addresses that a name stands for. Raises FetchError when one of them is not allowed."""
    port = url.port or (443 if url.scheme == "https" else 80)
    found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    machines = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    if not all(map(allowed, machines)):
        raise FetchError(
            f"{url.host!r} is on this machine or in the local network ({', '.join(machines)}), where pages are only "
            "fetched on purpose. If you mean it: dateline fetch --private"
        )
    return machines


def is_public(machine: str) -> bool:
    """Whether an IP address is one of the public network, whatever it is wrapped into."""
    number = ipaddress.ip_address(machine)
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour
        if number in _NAT64:
            inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        if inner is not None:
            number = inner
    return number.is_global and not number.is_multicast


def _body(response: httpx.Response, until: float) -> bytes:
    data = bytearray()
    for chunk in response.iter_bytes():
        data += chunk
        if len(data) > MAX_BYTES:
            raise FetchError(f"The page has more than {MAX_BYTES:,} bytes, so it was not saved.")
        if time.monotonic() > until:
            raise FetchError(f"The page took more than {PAGE_S:g} s, so it was not saved. Try again later.")
    return bytes(data)


def _save(answer: _Answer, asked: str, folder: Path) -> Path:
    suffix = SUFFIXES.get(answer.kind)
    if suffix is None:
        raise FetchError(
            f"{answer.address!r} is of the type {answer.kind!r}; pages, plain text and PDF are saved. Save it yourself."
        )
    path = folder / f"{_file_name(asked)}{suffix}"
    data = answer.data
    if suffix != ".pdf":
        text = _decoded(answer, path)
        data = ((address_comment(answer.address) if suffix == ".html" else "") + text).encode("utf-8", "replace")
    written = path.with_name(f".{path.name}.part")
    written.write_bytes(data)
    written.replace(path)
    return path


def _decoded(answer: _Answer, path: Path) -> str:
    """The text by the charset that the server tells, else as a page that is read from a file."""
    try:
        return answer.data.decode(answer.charset or "utf-8").removeprefix("\ufeff")
    except (LookupError, UnicodeError):
        return decode_html(answer.data, path)


def _file_name(address: str) -> str:
    """A name that tells the page to a reader, and is the same whenever the address is."""
    shown = re.sub(r"[^a-z0-9.]+", "-", re.sub(r"^https?://(?:www\.)?", "", address.lower())).strip("-.")
    return f"{shown[:60].strip('-.')}-{hashlib.sha256(address.encode('utf-8', 'replace')).hexdigest()[:8]}"
