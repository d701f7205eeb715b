"""Text that others wrote, made harmless inside our Markdown.

Covers: Markdown and HTML markup, links and bare addresses, mentions, terminal escapes, invisible
and direction-changing characters, and what a CI log would take for commands (``::error::``,
``##[error]``, Azure's ``##vso[…]``, ``##teamcity[…]``). Whatever could be markup is shown as code,
where it is inert.

Does not cover: what the words themselves say.
"""

from __future__ import annotations

import re
import unicodedata

_TERMINAL_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")
# Controls, formats (such as direction changes), surrogates, private and unassigned characters.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SERVICE_COMMAND = re.compile(r"##(?=\w*\[)")
_TOKEN = re.compile(r"`[^`]+`|`+|[^\s`]+")
_BEFORE, _AFTER = "(\"'", ".,;:!?)\"'"  # punctuation around a word
# Whatever has a meaning in the middle of a line of some Markdown dialect, or looks like an address.
_MARKUP = re.compile(r"[\\*_\[\]<>&|~$#@^{}]|://|[^\W\d_]\.\w")


def prose(text: str) -> str:
    """Return text as one line of a paragraph; a word that could be markup becomes a code span.

    Backticks mark code in the text, as in Markdown. Never put the result at the start of a line:
    ``1.`` or ``-`` would begin a list there.
    """
    shown, end = "", 0
    for token in _TOKEN.finditer(" ".join(_lines(text))):
        piece = _inert(token.group())
        # Code spans that touched would close each other.
        touching = shown.endswith("`") and piece.startswith("`")
        if shown and (touching or token.start() > end):
            shown += " "
        shown, end = shown + piece, token.end()
    return shown


def cell(text: str) -> str:
    """Return text for a cell of a table: as prose, without the bars that end a cell."""
    return prose(text.replace("|", "¦"))


def code(text: str) -> str:
    """Return text as a code span; empty if there is nothing to show."""
    line = " ".join(" ".join(_lines(text)).split())
    fence = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else ""


def block(text: str) -> str:
    """Return text as a fenced code block, line by line."""
    lines = [re.sub(r"^(\s*):(?=:)", r"\1: ", line) for line in _lines(text)]
    fence = "`" * max(3, _longest_run(text) + 1)
    return "\n".join([f"{fence}text", *lines, fence])


def message(text: str) -> str:
    """Return text as a block if it has several lines, such as a traceback, else as prose."""
    return block(text.strip("\n")) if "\n" in text.strip() else prose(text)


def visible(text: str) -> str:
    """Return text without terminal escapes; what is unseen or turns the direction is U+FFFD."""
    return "\n".join(_lines(text))


def _inert(token: str) -> str:
    if token.startswith("`"):
        return code(token.strip("`").strip() or token)
    rest = token.lstrip(_BEFORE)
    core = rest.rstrip(_AFTER)
    before, after = token[: len(token) - len(rest)], rest[len(core) :]
    if core.count("(") > core.count(")") and after.startswith(")"):
        core, after = f"{core})", after[1:]
    return f"{before}{code(core)}{after}" if _MARKUP.search(core) else token


def _lines(text: str) -> list[str]:
    """Split at line ends of any kind; show what is unseen as U+FFFD."""
    without_escapes = _TERMINAL_ESCAPE.sub("", text)
    return [
        _SERVICE_COMMAND.sub("## ", "".join(map(_seen, line)))
        for line in without_escapes.splitlines()
    ]


def _seen(character: str) -> str:
    if character == "\t":
        return "    "
    return "\ufffd" if unicodedata.category(character) in _UNSEEN else character


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
