"""`dateline serve` under load: many ask at once for some minutes, and what they get is counted.

python -m evals.speed.load --askers 50 --minutes 10 --model none
python -m evals.speed.load --askers 8 --minutes 10 --model qwen2.5-1.5b
python -m evals.speed.load --askers 20 --minutes 2 --kill server --uploads

Each asker has a key of its own and asks again as soon as it has an answer, by the OpenAI protocol, streamed. Times are
those of a question that is let in, waiting in the line included; one that is refused is asked again when the server
said. `stand-in` as the model is a model server that costs nothing, see `evals.speed.stand_in`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.machine import machine, revision
from evals.speed.asker import ask_on
from evals.speed.counts import memory_of, summary_of, told_of_kill
from evals.speed.large import write_documents
from evals.speed.served import (
    Process,
    Watch,
    fill_library,
    free_port,
    start_answers,
    start_milvus,
    start_model,
    write_keys,
)
from evals.speed.uploader import lost_of, upload_on
from evals.suites.cases import load_cases

KILLED = ("engine", "model", "server")
STAND_IN = "stand-in"
SEEDS = Path("seeds")
LOG_LINES = 60
"""Of the server's log that are shown, at most: it has words of errors, and none of documents."""
DOWN_S = 3.0
"""Between a kill and the start after it."""


@dataclass(frozen=True, slots=True)
class Under:
    """What is under load."""

    address: str
    keys: Sequence[str]
    """Of the askers, and last of all of the one who adds documents."""
    parts: dict[str, Process]
    """By the names of `KILLED`; the server always."""


@contextmanager
def under_load(given: argparse.Namespace, folder: Path) -> Iterator[Under]:
    """The server over a library made for it, with the engine and the model server that it needs."""
    parts: dict[str, Process] = {}
    with ExitStack() as stack:
        variables = {"DATELINE_MODEL": given.model}
        if given.model == STAND_IN:
            port = free_port()
            parts["model"] = stack.enter_context(closing(start_model(port, folder / "model.log")))
            variables["DATELINE_MODEL"] = f"http://127.0.0.1:{port}/v1"
        if given.kill == "engine":
            port = free_port()
            parts["engine"] = stack.enter_context(closing(start_milvus(folder / "milvus", port, folder / "milvus.log")))
            variables["DATELINE_ENGINE"] = f"milvus:http://127.0.0.1:{port}"
        library = given.library or write_library(folder, given.documents, given.seed, variables)
        keys, port = write_keys(folder / "keys.toml", given.askers), free_port()
        server = start_answers(library, folder / "keys.toml", port, folder / "serve.log", given.waiting, variables)
        parts["server"] = stack.enter_context(closing(server))
        yield Under(f"http://127.0.0.1:{port}", keys, parts)


def write_library(folder: Path, documents: int, seed: int, variables: Mapping[str, str]) -> Path:
    """A library of the sample reports, and of so many more that are made from their sentences."""
    sources = [SEEDS]
    if documents:
        texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
        sources.append(write_documents(texts, folder / "files", documents, seed))
    fill_library(folder / "library", sources, variables)
    return folder / "library"


def measure(under: Under, given: argparse.Namespace) -> dict[str, Any]:
    """Have all ask for the time given, kill what is to be killed, and count."""
    questions = [case.question for case in load_cases(given.cases)]
    began, ended = time.monotonic(), threading.Event()
    until = began + 60 * given.minutes
    who = [*range(given.askers), *[0] * given.greedy]
    with closing(Watch(under.parts["server"])) as watch, ThreadPoolExecutor(len(who) + 1) as pool:
        asking = [
            pool.submit(ask_on, asker, under.address, under.keys[asker], questions, until, ended, given.seed + at)
            for at, asker in enumerate(who)
        ]
        adding = pool.submit(upload_on, under.address, under.keys[-1], until, ended) if given.uploads else None
        try:
            killed = kill(under.parts[given.kill], began + 20 * given.minutes) if given.kill else None
            replies = [reply for one in asking for reply in one.result()]
            uploads = adding.result() if adding else None
        finally:
            ended.set()
    told = summary_of(replies, given.askers, began, until) | {"memory_mb": memory_of(watch.bytes)}
    if given.kill != "server":
        told["cpu_s_an_answer"] = round((watch.cpu_s[-1] - watch.cpu_s[0]) / max(1, told["answers"]), 3)
    if killed:
        told["killed"] = {"what": given.kill, **told_of_kill(replies, *killed)}
    if uploads is not None:
        told["uploads"] = lost_of(under.address, under.keys[-1], uploads)
    return told


def kill(process: Process, at: float) -> tuple[float, float, float]:
    """Kill it at that time and start it again; when it was killed, started, and ready."""
    time.sleep(max(0.0, at - time.monotonic()))
    process.kill()
    killed = time.monotonic()
    time.sleep(DOWN_S)
    started = time.monotonic()
    process.start()
    return killed, started, time.monotonic()


def options() -> argparse.ArgumentParser:
    """Of the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--greedy", type=int, default=0, help="So many more ask with the key of the first asker.")
    parser.add_argument("--model", default="none", help="As DATELINE_MODEL, or stand-in.")
    parser.add_argument("--waiting", type=int, help="As of dateline serve; so many as askers unless given.")
    parser.add_argument("--library", type=Path, help="One that is there; else one of the sample reports is made.")
    parser.add_argument("--documents", type=int, default=0, help="So many more are made, beside the sample reports.")
    parser.add_argument("--cases", type=Path, default=Path("evals/cases/seeds.jsonl"), help="What is asked.")
    parser.add_argument("--uploads", action="store_true", help="One more adds a document each second.")
    parser.add_argument("--kill", choices=KILLED, help="Killed after a third of the time, and started again.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    return parser


def main() -> None:
    """Measure, and print JSON."""
    parser = options()
    given = parser.parse_args()
    if given.kill == "model" and given.model != STAND_IN:
        parser.error(f"only a model server can be killed alone: give --model {STAND_IN} with --kill model")
    given.waiting = given.askers if given.waiting is None else given.waiting
    with tempfile.TemporaryDirectory() as place, under_load(given, Path(place)) as under:
        told = {"given": {name: str(value) for name, value in vars(given).items()}, **measure(under, given)}
        told["log"] = (Path(place) / "serve.log").read_text(encoding="utf-8").splitlines()[-LOG_LINES:]
    told |= {"revision": revision(Path(__file__).parent), "machine": machine()}
    shown = json.dumps(told, indent=2, ensure_ascii=False)
    print(shown)
    if given.out:
        given.out.write_text(shown, encoding="utf-8")


if __name__ == "__main__":
    main()
