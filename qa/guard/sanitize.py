"""Text of a document or a question as a model may read it: on one line, and nothing in it that steers a chat.

Only what is read is changed. A quote stays the document's own characters.
"""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Takes no room and is not white space: zero-width, direction, tag and control characters, variation selectors.

Source: Unicode's property Default_Ignorable_Code_Point, with the control characters and lone surrogates.
"""
COMMENT = re.compile(r"<!--.*?(?:--!?>|\Z)", re.S)
"""A comment of HTML that came along as text; one that is never closed runs to the end."""
_TOKEN = re.compile(
    r"[<＜]\s*[|｜][^<>＜＞|｜]{0,60}[|｜]\s*[>＞]"
    r"|</?(?:s|bos|eos|pad|unk|think|tool_call|tool_response|tools|start_of_turn|end_of_turn)>"
    r"|<<\s*/?\s*SYS\s*>>"
    r"|\[\s*/?\s*(?:INST|SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\s*\]",
    re.I,
)
"""Marks with which chat formats set turns apart: those of Qwen, Llama, Mistral, Gemma, DeepSeek and their like."""
_REFERENCE = re.compile(r"(?<=\S)[\[【［]\s*\d{1,3}(?:\s*,\s*\d{1,3})*\s*[\]】］](?!\()")
_MARKER = re.compile(r"[\[【［]\s*(\d{1,3}(?:\s*,\s*\d{1,3})*)\s*[\]】］](?!\()")
MAX_NESTED = 12
_OF_MARKS = re.compile(r"[<>＜＞|｜\[\]【】［］:：]")
_HEAD = re.compile(
    r"(^|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|[.!?…。؟]\s)(\W{0,40})"
    r"(question|answer|system|user|assistant|human|developer|instructions?|frage|antwort|réponse|pregunta|respuesta"
    r"|вопрос|ответ|система|问题|回答|系统|سؤال|جواب|النظام)([*_]*)\s*[:：]",
    re.I,
)
"""A line that opens as a line of the prompt does, or as a turn of a chat."""


def neutral(text: str) -> str:
    """`text` on one line without marks of a chat, evidence markers, heads of a prompt or characters nobody sees.

    A marker in brackets becomes one in parentheses, one that refers to a note is left out, and a head loses its
    colon: `[7] Answer: nine` is read as `(7) Answer – nine` at the start of a line. What is left is never such a mark
    again: taking one out of the middle of another does not make one. Where more than `MAX_NESTED` stand within one
    another, which nobody writes by chance, the characters that marks are made of are left out too.
    """
    for _ in range(MAX_NESTED):
        done = _once(text)
        if done == text:
            return text
        text = done
    return " ".join(_OF_MARKS.sub(" ", text).split())


def without_invisible(text: str) -> str:
    """`text` without characters that take no room."""
    return _INVISIBLE.sub("", text)


def _once(text: str) -> str:
    text = COMMENT.sub(" ", without_invisible(text))
    text = _TOKEN.sub(" ", text)
    text = _HEAD.sub(r"\1\2\3\4 –", text)
    text = _REFERENCE.sub("", text)
    return " ".join(_MARKER.sub(r"(\1)", text).split())


def without_links(text: str) -> str:
    """Of a link in Markdown only its text."""
    return re.sub(r"\]\([^)]*\)|\[", "", text)
