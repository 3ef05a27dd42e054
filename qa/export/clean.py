"""Text of documents for a file that others open: on one line, without characters that a reader would obey."""

from __future__ import annotations

_CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
_TURN_TEXT = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_NOT_IN_XML = [*range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
"""Source: Extensible Markup Language 1.0 (fifth edition), section 2.2."""
_SIGNS = dict.fromkeys([*_CONTROLS, *_TURN_TEXT, *_NOT_IN_XML], "\N{REPLACEMENT CHARACTER}")
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")


def clean(text: str) -> str:
    """`text` on one line; U+FFFD where a control, a mark that turns text round, or half a character stood.

    The exact text stands in the export as data.
    """
    return " ".join(text.split()).translate(_SIGNS)


def whole_characters(text: str) -> str:
    """`text` with U+FFFD for halves of characters, which no file in UTF-8 can hold."""
    return text.translate(_SURROGATES)
