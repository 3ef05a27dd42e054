"""Which language models can be had on this machine at once, and which only once they are fetched."""

from __future__ import annotations

from index.weights.fetch import weights_state
from qa.model.open import EMBEDDED, NONE
from qa.settings import Settings


def models_at_hand(settings: Settings) -> tuple[str, ...]:
    """Names of the models that open without fetching anything, and the one that is set, which stands first.

    Raises:
        WeightsError: If the folder of weights that is set does not exist.
    """
    lacking = models_to_fetch(settings)
    here = [name for name in EMBEDDED if name not in lacking]
    return tuple(dict.fromkeys([settings.model, *here, NONE]))


def models_to_fetch(settings: Settings) -> tuple[str, ...]:
    """Names of the embedded models whose weights are not here, in the order of the documentation.

    Raises:
        WeightsError: If the folder of weights that is set does not exist.
    """
    states = (weights_state(name, settings.cache, settings.weights) for name in EMBEDDED)
    return tuple(state.name for state in states if not state.present)
