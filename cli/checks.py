"""The checks of `dateline doctor`: each works when others fail, and none changes or fetches anything."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from cli.check import Check, guarded
from cli.common import CODE, State
from cli.show import count, size
from cli.stored_checks import check_library, check_weights

if TYPE_CHECKING:
    from qa.settings import Settings

MIN_PYTHON = (3, 11)
SPARE_BYTES = 300 << 20
MEMORY_BYTES = {"qwen2.5-1.5b": 2_000_000_000, "qwen2.5-0.5b": 1_200_000_000}
"""Free memory with which answering was seen to work, embedder included."""
BESIDE_MODEL = 500_000_000
"""Bytes that the rest takes: the embedder, and what a model needs beside its weights."""
REACH_TIMEOUT_S = 3.0


def run_checks(state: State, port: int) -> Iterator[Check]:
    """Every check in turn; one that fails itself is `wrong` with the reason."""
    yield from guarded("python", check_python)
    yield from guarded("packages", check_packages)
    settings = None
    try:
        settings = state.settings()
        yield Check("settings", "ok", f"model {settings.model}, library {settings.library}")
    except Exception as error:  # also a damaged dateline.toml; the other checks go on with the defaults
        yield Check(
            "settings", "wrong", f"{error}", "correct the environment or dateline.toml; defaults are used below"
        )
    if settings is None:
        try:
            from qa.settings import Settings

            settings = Settings.model_construct()
        except ImportError as error:
            yield Check("settings", "wrong", f"{error}; mend the packages first, the rest cannot be checked")
            return
    known = settings
    yield from guarded("weights", lambda: check_weights(known))
    yield from guarded("library", lambda: check_library(known))
    yield from guarded("disk", lambda: check_disk(known))
    yield from guarded("memory", lambda: check_memory(known))
    yield from guarded("port", lambda: check_port(port))
    yield from guarded("model", lambda: check_model(known))


def check_python() -> Iterator[Check]:
    """Whether this Python is new enough."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < MIN_PYTHON:
        yield Check("python", "wrong", found, "install Python 3.11 or newer, then Dateline again")
    else:
        yield Check("python", "ok", f"{found} in {sys.prefix}")


def check_packages() -> Iterator[Check]:
    """Whether every package that Dateline requires is here in a version that fits."""
    from packaging.requirements import Requirement

    good = 0
    for line in _requirements():
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        wanted = f"{requirement.name}{requirement.specifier}"
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Check("packages", "missing", wanted, f'python -m pip install "{wanted}"')
            continue
        # A local version such as 2.13.0+cpu is the same release.
        if requirement.specifier.contains(version, prereleases=True):
            good += 1
        else:
            yield Check("packages", "wrong", f"{wanted}, found {version}", f'python -m pip install "{wanted}"')
    yield Check("packages", "ok", f"{count(good, 'package')} as required")


def _requirements() -> list[str]:
    """What the installed Dateline requires, or in a checkout what its pyproject.toml says."""
    project = CODE / "pyproject.toml"
    if project.is_file():
        import tomllib

        listed: list[str] = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
        return listed
    return metadata.requires("dateline") or []


def check_disk(settings: Settings) -> Iterator[Check]:
    """Whether there is room for the missing weights and for the library."""
    from index.weights.fetch import weights_state
    from index.weights.pinned import weights_in_use

    folder = settings.weights if settings.weights and settings.weights.is_dir() else None
    states = [weights_state(name, settings.cache, folder) for name in weights_in_use(settings.model)]
    missing = sum(state.bytes for state in states if not state.present)
    for name, path, wanted in (("cache", settings.cache, missing), ("library", settings.library, 0)):
        there = _nearest(path)
        free = shutil.disk_usage(there).free
        if free < wanted + SPARE_BYTES:
            found = f"{size(free)} free for the {name} in {there}, {size(wanted + SPARE_BYTES)} wanted"
            yield Check("disk", "wrong", found, f"free some space, or set DATELINE_{name.upper()} elsewhere")
        else:
            yield Check("disk", "ok", f"{size(free)} free for the {name} in {there}")


def _nearest(path: Path) -> Path:
    """The path itself or the nearest folder above it that exists."""
    return next(each for each in (path, *path.absolute().parents) if each.exists())


def check_memory(settings: Settings) -> Iterator[Check]:
    """Whether the embedded model fits into what is free."""
    from qa.model.open import OWN, own_weights

    model = settings.model
    own = own_weights(model).stat().st_size if model.startswith(OWN) else 0
    free, wanted = _free_memory(), MEMORY_BYTES.get(model, own + BESIDE_MODEL)
    if free is None:
        yield Check("memory", "ok", "not known on this system")
    elif free < wanted:
        found = f"{size(free)} free, {size(wanted)} wanted for {model}"
        yield Check("memory", "wrong", found, "close other programs, or set DATELINE_MODEL=qwen2.5-0.5b or none")
    else:
        yield Check("memory", "ok", f"{size(free)} free")


def _free_memory() -> int | None:
    """Bytes that programs can still get; None where the system does not tell."""
    info = Path("/proc/meminfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def check_port(port: int) -> Iterator[Check]:
    """Whether the app's port is free."""
    from cli.window import port_is_free

    if port_is_free(port):
        yield Check("port", "ok", f"{port} is free")
    else:
        yield Check("port", "wrong", f"{port} is in use", f"dateline app --port {port + 1}", needed=False)


def check_model(settings: Settings) -> Iterator[Check]:
    """Whether the chosen model exists and, when it is served elsewhere, answers."""
    from qa.model.open import EMBEDDED, NONE, OWN, PROVIDERS, own_weights

    name = settings.model
    provider, _, served = name.partition(":")
    if name == NONE:
        yield Check("model", "ok", "none: answers are the best sentences themselves")
    elif name in EMBEDDED:
        yield Check("model", "ok", f"{name}, inside Dateline (xllamacpp {metadata.version('xllamacpp')})")
    elif name.startswith(OWN):
        path = own_weights(name)
        yield Check("model", "ok", f"{path}, {size(path.stat().st_size)}, inside Dateline")
    elif name.startswith(("http://", "https://")):
        yield _reach(name.rstrip("/") + "/models", name)
    elif provider == "ollama" and served:
        host = os.environ.get("OLLAMA_HOST") or "127.0.0.1:11434"
        yield _reach((host if "://" in host else f"http://{host}").rstrip("/") + "/api/tags", name)
    elif provider in PROVIDERS and served:
        key = f"{provider.upper()}_API_KEY"
        if os.environ.get(key):
            yield Check("model", "ok", f"{name}; {key} is set (its server was not asked)")
        else:
            yield Check("model", "missing", f"{key} for {name}", f"export {key}=…")
    else:
        yield Check("model", "wrong", f"there is no model {name!r}", "dateline models")


def _reach(address: str, name: str) -> Check:
    import httpx

    try:
        reply = httpx.get(address, timeout=REACH_TIMEOUT_S)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        found = f"{name} does not answer at {address} ({type(error).__name__}: {error})"
        return Check("model", "wrong", found, "start its server, or choose another with DATELINE_MODEL")
    if reply.is_error:
        return Check(
            "model", "wrong", f"{address} answers HTTP {reply.status_code}", "check the address in DATELINE_MODEL"
        )
    return Check("model", "ok", f"{name} answers")
