"""Ray: work done by other processes, on this machine or on a cluster. Only this file imports ray.

Work goes there and what is made comes back as pickled values, so both sides need the same Dateline.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import logging
import os
import pickle
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psutil

from index.errors import LibraryError, UserFacingError

if TYPE_CHECKING:
    import pyarrow

    from index.embed import Embedder

logger = logging.getLogger(__name__)

LOCAL, AUTO = "local", "auto"
REACH_S = 5.0
"""Until an address where nothing answers is given up; Ray itself tries for minutes."""
STORE_BYTES = 500_000_000
"""Shared memory for what is on its way, on this machine; what is more goes to the disk."""
PLACE = "dateline-ray-"
"""What the names of folders begin with in which a Ray that was started here keeps its files; then the process."""
RETRIES = 1
"""How often work is given to another worker when one is gone."""
Do = Callable[[Sequence[Any]], list[Any]]
"""Does pieces of work together, and gives what came of each."""


class Cluster:
    """Ray, started or reached when there is work for the first time; left, and ended if started here, by `close`."""

    def __init__(self, address: str, open_embedder: Callable[[], Embedder], workers: int | None = None) -> None:
        """The Ray at `address`: `local`, `auto`, `HOST:PORT` or `ray://HOST:PORT`.

        Args:
            address: `local` starts one that listens on this machine alone, and that `close` ends.
            open_embedder: Opens an embedder in each process that works. It can be pickled, and makes the vectors that
                the library's own would make.
            workers: Processes that work at the same time; one a processor when None.

        Raises:
            UserFacingError: If the address is none, or Ray is not installed.
        """
        if address not in {LOCAL, AUTO} and not address.rpartition(":")[2].isdecimal():
            raise UserFacingError(
                f"Ray is to be reached at {address!r}, which is no address. There are local, auto, HOST:PORT and "
                "ray://HOST:PORT. Correct what follows --ray."
            )
        if importlib.util.find_spec("ray") is None:
            raise UserFacingError(
                f"Files are to be read by Ray ({address!r}), but Ray is not installed. "
                'Run `python -m pip install "dateline[ray]"`, or leave out --ray.'
            )
        self.address, self.open_embedder, self._workers = address, open_embedder, workers
        self._ray: Any = None
        self._runs: dict[bool, Any] = {}
        """One that is ordered and one that is not: both may be under way at a time."""
        self._place: Path | None = None
        """Where a Ray that was started here keeps its files."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def do(
        self, open_do: Callable[[], Do], work: Sequence[bytes], together: int, *, ordered: bool = False
    ) -> Iterator[tuple[int, Any]]:
        """What came of each piece of work, with its number, as it is done; a piece that ends its workers is left out.

        Args:
            open_do: Called once in each process that works.
            work: Pickled.
            together: So many pieces are done together.
            ordered: Give what was made in the order of the work. No process is kept for it: whichever is free does it.

        Raises:
            LibraryError: If Ray cannot be reached, or is lost meanwhile.
        """
        ray = self._started()
        numbered = list(enumerate(work))
        blocks = [numbered[at : at + together] for at in range(0, len(numbered), together)]
        try:
            if ordered not in self._runs:
                self._runs[ordered] = ray.remote(num_cpus=0)(_Run).remote(self._workers, ordered)
            run = self._runs[ordered]
            ray.get(run.begin.remote(open_do, blocks))
            coming = run.more.remote()
            while made := ray.get(coming):
                coming = run.more.remote()  # while these are written
                for number, result in made:
                    yield number, pickle.loads(result)
        except (ray.exceptions.RayError, ConnectionError) as error:
            raise self._lost(error) from error

    def close(self) -> None:
        """Leave Ray, and end it where it was started here. A second call does nothing."""
        if self._ray is not None:
            self._ray.shutdown()
            self._ray, self._runs = None, {}
        if self._place is not None:
            shutil.rmtree(self._place, ignore_errors=True)  # a process that ends may still write its log
            self._place = None

    def _started(self) -> Any:
        if self._ray is None:
            began = time.perf_counter()
            # Ray reports its use to its makers unless told not to.
            os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
            try:
                self._ray = self._start_here() if self.address == LOCAL else _reached(self.address)
            except Exception as error:  # some of Ray's are no more than that
                raise self._lost(error) from error
            there = int(self._ray.cluster_resources().get("CPU", 1))
            self._workers = min(self._workers or there, there)
            logger.info("Ray at %s with %d workers in %.2f s", self.address, self._workers, time.perf_counter() - began)
        return self._ray

    def _start_here(self) -> Any:
        # With this Ray takes 127.0.0.1 for its own address and listens there alone, as it does by itself on Windows
        # and macOS; without, on all interfaces (ray/_private/services.py, get_node_ip_address).
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
        # A token of its own: no other user of this machine can give it work, and none is written to the home folder.
        # One for the process: Ray reads it once.
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
        ray = _imported()
        self._place = _place_for_files()
        ray.init(
            address=LOCAL,
            num_cpus=self._workers or os.cpu_count(),
            include_dashboard=False,
            object_store_memory=STORE_BYTES,
            _system_config={"worker_niceness": 0},  # as this process: at 15, its own, other programs leave it nothing
            _temp_dir=str(self._place),
            **QUIET,
        )
        node = ray.nodes()[0]["NodeManagerAddress"]
        if not ipaddress.ip_address(node).is_loopback:
            ray.shutdown()
            raise RuntimeError("it would listen on the network, as it was imported before Dateline told it not to")
        return ray

    def _lost(self, error: Exception) -> LibraryError:
        cause: Exception = getattr(error, "cause", None) or error  # of what was raised there
        first, *_ = str(cause).strip().splitlines() or [""]
        return LibraryError(
            f"Ray at {self.address!r} cannot be used ({type(cause).__name__}: {first[:300]}). What was added before "
            "stays. See that it runs, with the same versions of Python, Ray and Dateline as here, and start the same "
            "command again: it goes on where this one ended. Or leave out --ray."
        )


QUIET: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}


class _Run:
    """Has work done by Ray Data. It lives on the cluster: Ray Data cannot be driven through `ray://` (Ray 2.60)."""

    def __init__(self, workers: int, ordered: bool) -> None:
        self._workers, self._ordered = workers, ordered
        self._blocks: Iterator[Any] = iter(())

    def begin(self, open_do: Callable[[], Do], work: Sequence[Sequence[tuple[int, bytes]]]) -> None:
        """Have the work done that is in these blocks."""
        import ray.data

        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.preserve_order = self._ordered
        context.max_errored_blocks = -1  # who gave the work sees what is missing
        blocks = ray.data.from_arrow([_table(each) for each in work])
        how: dict[str, Any] = {"batch_size": None, "batch_format": "pyarrow", "num_cpus": 1}
        if self._ordered:
            done = blocks.map_batches(_Doing(open_do), max_retries=RETRIES, **how)
        else:
            # One at a time: what waits in a process that another piece of work ends counts as ended, too.
            pool = ray.data.ActorPoolStrategy(size=self._workers, max_tasks_in_flight_per_actor=1)
            done = blocks.map_batches(
                _Doing, fn_constructor_args=(open_do,), compute=pool, max_task_retries=RETRIES, **how
            )
        self._blocks = iter(done.iter_batches(batch_size=None, batch_format="pyarrow"))

    def more(self) -> list[tuple[int, bytes]]:
        """What was made next; nothing when all was."""
        for block in self._blocks:
            if block.num_rows:
                return _rows(block)
        return []


class _Doing:
    """Does the work in a block."""

    def __init__(self, open_do: Callable[[], Do]) -> None:
        self._open_do = open_do
        self._do: Do | None = None

    def __call__(self, block: pyarrow.Table) -> pyarrow.Table:
        if self._do is None:
            self._do = self._open_do()
        rows = _rows(block)
        made = self._do([pickle.loads(work) for _, work in rows])
        return _table([(number, pickle.dumps(one)) for (number, _), one in zip(rows, made, strict=True)])


def _table(rows: Sequence[tuple[int, bytes]]) -> pyarrow.Table:
    import pyarrow

    numbers, data = [number for number, _ in rows], [data for _, data in rows]
    return pyarrow.table({"number": numbers, "data": pyarrow.array(data, pyarrow.large_binary())})


def _rows(table: pyarrow.Table) -> list[tuple[int, bytes]]:
    return list(zip(table["number"].to_pylist(), table["data"].to_pylist(), strict=True))


def _place_for_files() -> Path:
    """A new folder; those of processes that were killed are removed."""
    # Sockets have paths of some 100 characters at most, too few for the folder that macOS names.
    folder = Path("/tmp") if os.path.isdir("/tmp") else Path(tempfile.gettempdir())
    for old in folder.glob(f"{PLACE}*-*"):
        pid = old.name.removeprefix(PLACE).partition("-")[0]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(old, ignore_errors=True)  # another user's is left alone
    return Path(tempfile.mkdtemp(prefix=f"{PLACE}{os.getpid()}-", dir=folder))


def _reached(address: str) -> Any:
    """A Ray that runs already. Raises what Ray raises where there is none."""
    if address != AUTO:
        host, _, port = address.removeprefix("ray://").rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), REACH_S).close()
    ray = _imported()
    ray.init(address=address, **QUIET)
    return ray


def _imported() -> Any:
    import ray

    return ray
