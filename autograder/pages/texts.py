"""Texts of others for HTML: without what is unseen, shortened, escaped.

Covers: markup, terminal escapes, invisible and direction-changing characters, texts of any length.

Does not cover: what the words themselves say.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from autograder.reports.markdown import visible

_CODE = re.compile(r"(?<!`)`++([^`]++)`++")  # never goes back: texts may be nothing but backticks
_LONGEST_LABEL = 60
_LONGEST_NAME = 200


def name(text: str) -> str:
    """Return a name on one line: its beginning and its end, if it is long."""
    shown = " ".join(visible(text).split())
    half = _LONGEST_NAME // 2
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[:half]}…{shown[-half:]}"


def label(text: str, longest: int = _LONGEST_LABEL) -> str:
    """Return a name for where there is little room."""
    shown = name(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def prose(text: str) -> Markup:
    """Return a line of text, in which backticks mark code."""
    line = " ".join(visible(text).split())
    shown, end = Markup(), 0
    for code in _CODE.finditer(line):
        shown += escape(line[end : code.start()]) + Markup("<code>{}</code>").format(code[1])
        end = code.end()
    return shown + escape(line[end:])


def message(text: str) -> Markup:
    """Return text as a paragraph; as a block if it has several lines, such as a traceback."""
    if "\n" in text.strip():
        return Markup('<pre class="wrapped">{}</pre>').format(visible(text.strip("\n")))
    return Markup("<p>{}</p>").format(prose(text)) if text.strip() else Markup()


def count(number: int, one: str, several: str = "") -> str:
    """Return a number with its noun, such as ``1 run`` or ``1,200 images``."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def percent(share: float) -> str:
    """Return a share as ``12 %``; what is not quite none or all does not read as if it were."""
    rounded = round(100 * share)
    if rounded in {0, 100} and share not in {0.0, 1.0}:
        return (
            f"{100 * share:.1f} %"
            if 0.0005 <= share < 0.9995
            else ("< 0.1 %", "> 99.9 %")[share > 0.5]
        )
    return f"{rounded} %"
