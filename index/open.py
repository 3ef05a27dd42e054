"""The ways to open a library from its settings: to fill and search it, or only to read what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from index.pipeline import Library, open_library
from index.records import Span
from index.settings import IndexSettings
from index.weights.carriers import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.cluster import Cluster
    from index.embed import Embedder


def open_configured(
    settings: IndexSettings, on_progress: Progress | None = None, *, for_rebuild: bool = False
) -> Library:
    """The library that the settings name, with its embedder; weights are fetched when missing.

    Raises:
        UserFacingError: If the weights cannot be had or the library cannot be opened.
    """
    embedder = open_configured_embedder(settings, on_progress)
    return open_library(settings.library, embedder, for_rebuild=for_rebuild, **settings.of_library)


def open_to_read(settings: IndexSettings) -> Library:
    """The same where nothing is embedded: no weights are needed, and any embedder may have made it."""
    return open_library(settings.library, NoEmbedder(), for_rebuild=True, **settings.of_library)


def open_configured_embedder(settings: IndexSettings, on_progress: Progress | None = None) -> Embedder:
    """The embedder of the settings. Raises as `index.embed.open_embedder`."""
    from index.embed import open_embedder

    return open_embedder(settings.embedder, settings.cache, settings.weights, on_progress)


def open_configured_cluster(settings: IndexSettings, address: str, workers: int | None = None) -> Cluster:
    """The Ray at `address`, each of whose workers embeds in one thread. Raises as `index.cluster.Cluster`."""
    from index.cluster import Cluster
    from index.embed import open_embedder

    # Not the settings themselves: they hold passwords, which are no business of the workers.
    opened = partial(open_embedder, settings.embedder, settings.cache, settings.weights, threads=1)
    return Cluster(address, opened, workers)


class NoEmbedder:
    """Stands where no text is embedded: lists, shows and removes."""

    @property
    def name(self) -> str:
        """None: such a library is never compared with it."""
        return "none"

    @property
    def dimension(self) -> int:
        """None."""
        return 0

    @property
    def late(self) -> None:
        """None."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Refuses: what embeds must open the library with a real one."""
        raise ValueError("This library was opened without an embedder.")

    def encode_spans(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Refuses, as `encode`."""
        raise ValueError("This library was opened without an embedder.")
