"""Which addresses lead to this machine only."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether a server on `host` is reached from this machine alone; an empty one is reached from everywhere."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def url_of(host: str, port: int) -> str:
    """`http://127.0.0.1:8501`; an address of IPv6 in brackets."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
