"""`dateline fetch`: pages saved from addresses, to be added as files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def fetch(
    addresses: Annotated[
        list[str], typer.Argument(metavar="ADDRESS|LIST...", help="Addresses, and text files with one a line.")
    ],
    to: Annotated[Path, typer.Option(help="Folder in which the pages are saved.")] = Path("pages"),
    private: Annotated[bool, typer.Option("--private", help="Also from this machine and the local network.")] = False,
) -> None:
    """Save web pages as files, which `add` then takes in: only the pages named, and nothing that they link to."""
    from cli.show import count, plain
    from index.fetch import fetch_pages, is_public, read_addresses
    from index.records import Failure

    saved = failed = 0
    for each in fetch_pages(read_addresses(addresses), to, (lambda _: True) if private else is_public):
        if isinstance(each, Failure):
            failed += 1
            print(f"failed: {plain(each.reason)}", file=sys.stderr)
        else:
            saved += 1
            print(f"saved {plain(str(each))}")
    print(f"{count(saved, 'page')} saved" + (f", {failed:,} failed" if failed else ""))
    if saved:
        print(f"Add them: dateline add {plain(str(to))}")
    if failed:
        raise typer.Exit(1)
