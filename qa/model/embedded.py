"""The language model inside this process: llama.cpp behind an OpenAI address on loopback."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx

from qa.errors import ModelError
from qa.model.patience import OnSlow, Patience, free_processors
from qa.model.streaming import WAIT_S

logger = logging.getLogger(__name__)

CONTEXT_TOKENS = 8192
BATCH_TOKENS = 128
"""Of a prompt, read in one go: only between two batches can the reading be stopped (as fast as 2048 at a time)."""
ANSWERS, ASIDE = 0, 1
"""The slots: each keeps the front of its prompts, of answers and of what is asked beside them."""
KEPT_DAYS = 30
START_TIMEOUT_S = 600.0
"""It takes a second, and minutes on a machine whose cores are taken."""
PATIENCE_S = 120.0
"""Without any progress while it reads the front; all of it takes some 20 s on two cores, more where they are shared."""
PROBE_TIMEOUT_S = 2.0


class EmbeddedServer:
    """A running server. `address` is its OpenAI base URL; `close()` frees the model's memory."""

    def __init__(self, weights: Path, threads: int | None, kept: Path, adapter: Path | None = None) -> None:
        """Load the model: a second or two from a warm disk.

        Args:
            adapter: What was trained beside it, as a GGUF file.
            threads: Of the model; when None as many as other programs leave: one that waits for a core holds up all.
            kept: Folder for the saved state of a prompt's front.

        Raises:
            ModelError: If the model cannot be loaded.
        """
        import xllamacpp

        try:
            kept.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ModelError(
                f"The folder {str(kept)!r} for the model's saved prompts cannot be made ({error.strerror}). "
                "Set DATELINE_CACHE to a folder that you may write."
            ) from error
        params = xllamacpp.CommonParams()
        params.model.path = str(weights)
        if adapter:
            params.lora_adapters = [_lora(adapter)]
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.n_ctx = CONTEXT_TOKENS
        params.n_batch = BATCH_TOKENS
        # They share their memory, and answer in turn: see `Turns`.
        params.n_parallel, params.kv_unified = 2, True
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads or free_processors()
        params.cache_ram_mib = 0
        params.slot_save_path = f"{kept}{os.sep}"
        params.endpoint_slots = True
        params.ui = False
        params.warmup = False
        params.verbosity = -1
        began = time.perf_counter()
        try:
            self._server: Any = xllamacpp.Server(params)
        except Exception as error:  # the library raises RuntimeError and its own types for every cause
            gigabytes = weights.stat().st_size / 1e9 + 1
            raise ModelError(
                f"The model in {str(weights)!r} cannot be started: {error}. It needs about {gigabytes:.0f} GB of free "
                "memory; close other programs, or take a smaller one with DATELINE_MODEL=qwen2.5-0.5b, or none."
            ) from error
        self._kept, self._weights, self._adapter = kept, weights, adapter
        self._root: str = self._server.listening_address
        self.address = f"{self._root}/v1"
        self._wait_until_it_works()
        logger.info("%s started in %.1f s", weights.name, time.perf_counter() - began)

    def _wait_until_it_works(self) -> None:
        """Closed between its loading and its loop, the server never ends; that it tells its slots shows the loop runs.

        Raises:
            ModelError: If it does not answer.
        """
        try:
            httpx.get(f"{self._root}/slots", timeout=START_TIMEOUT_S).raise_for_status()
        except httpx.HTTPError as error:
            raise ModelError(f"The embedded model does not answer: {error}. Start Dateline again.") from error

    def warm(self, messages: Sequence[Mapping[str, str]], on_slow: OnSlow | None = None) -> None:
        """Have the prompt that begins with `messages` read: from disk when it was saved, else once, and save it.

        Raises:
            ModelError: If the server does not answer.
        """
        name = self._state_name(messages)
        forget_unused(self._kept)
        if (self._kept / name).exists() and self._slot("restore", name):
            os.utime(self._kept / name)
            return
        began = time.perf_counter()
        body = {"messages": list(messages), "max_tokens": 1, "temperature": 0, "id_slot": ANSWERS}
        try:
            self._patiently(f"{self.address}/chat/completions", body, on_slow).raise_for_status()
        except httpx.HTTPError as error:
            raise ModelError(f"The embedded model does not answer: {error}. Start Dateline again.") from error
        self._slot("save", name)
        logger.info("prompt's front read in %.1f s", time.perf_counter() - began)

    def progress(self) -> object:
        """What is being read or written and how far it is, in the server's own words; None where it does not answer."""
        try:
            slots = httpx.get(f"{self._root}/slots", timeout=PROBE_TIMEOUT_S).json()
        except (httpx.HTTPError, ValueError):
            return None
        return [
            (slot.get("id_task"), slot.get("n_prompt_tokens_processed"), str(slot.get("next_token"))) for slot in slots
        ]

    def _patiently(self, address: str, body: Mapping[str, Any], on_slow: OnSlow | None = None) -> httpx.Response:
        """The reply to a request, waited for as long as the server makes progress. Raises ModelError and HTTPError."""
        reply: Future[httpx.Response] = Future()

        def ask() -> None:
            try:
                reply.set_result(httpx.post(address, json=body, timeout=None))
            except BaseException as error:  # for whoever waits
                reply.set_exception(error)

        threading.Thread(target=ask, daemon=True).start()
        patience = Patience(self._weights.name, self.progress, PATIENCE_S, on_slow)
        while not wait([reply], timeout=WAIT_S).done:
            patience.wait()
        return reply.result()

    def close(self) -> None:
        """Stop the server. A second call does nothing."""
        self._server = None

    def _slot(self, action: str, name: str) -> bool:
        """Whether the slot was saved or restored. It is a cache: without it the front is read again."""
        try:
            reply = self._patiently(f"{self._root}/slots/{ANSWERS}?action={action}", {"filename": name})
        except httpx.HTTPError as error:
            logger.warning("The prompt's front could not be %sd: %s", action, error)
            return False
        if reply.is_error:
            logger.warning("The prompt's front could not be %sd: HTTP %d", action, reply.status_code)
        return not reply.is_error

    def _state_name(self, messages: Sequence[Mapping[str, str]]) -> str:
        """A name that changes with everything the saved state hangs on."""
        file = self._weights.stat()
        parts = [
            # One trained anew has the same size and may have the same time.
            hashlib.sha256(self._adapter.read_bytes()).hexdigest() if self._adapter else "",
            self._weights.name,
            f"{file.st_size} {file.st_mtime_ns}",
            version("xllamacpp"),
            f"{CONTEXT_TOKENS} {ASIDE}",
            repr(list(messages)),
        ]
        return f"{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:32]}.state"


def _lora(adapter: Path) -> Any:
    import xllamacpp

    lora = xllamacpp.CommonAdapterLoraInfo()
    lora.path, lora.scale = str(adapter), 1.0
    return lora


def forget_unused(kept: Path) -> None:
    """Remove saved prompts that no version has used for `KEPT_DAYS`: each new version leaves some 50 MB behind."""
    for path in kept.glob("*.state"):
        with contextlib.suppress(OSError):  # another process may have been quicker
            if time.time() - path.stat().st_mtime > KEPT_DAYS * 86_400:
                path.unlink()
