"""Elements of a page as text; whatever is not markup already is escaped."""

from __future__ import annotations

from html import escape


class Markup(str):
    """Text that is markup, made by `element` only, or by us."""

    __slots__ = ()


def element(name: str, *children: str | None, **attributes: str | bool | None) -> Markup:
    """`<name attribute="...">children</name>`; children that are no `Markup` are escaped, None is left out.

    Args:
        attributes: `class_` for class, `data_x` for data-x; True stands without a value, False and None are left out.
    """
    inside = "".join(markup(child) for child in children if child is not None)
    return Markup(f"<{name}{_attributes(attributes)}>{inside}</{name}>")


def markup(text: str) -> Markup:
    """The text as markup: escaped, unless it is markup."""
    return text if isinstance(text, Markup) else Markup(escape(text))


def together(*parts: str | None) -> Markup:
    """Parts one after the other, each escaped unless it is markup."""
    return Markup("".join(markup(part) for part in parts if part is not None))


def _attributes(attributes: dict[str, str | bool | None]) -> str:
    written = []
    for name, value in attributes.items():
        if value is not None and value is not False:
            shown = "" if value is True else f'="{escape(value)}"'
            written.append(f" {name.rstrip('_').replace('_', '-')}{shown}")
    return "".join(written)
