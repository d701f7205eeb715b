"""Names that others gave their files: what kind of file they say it is, and what may name a module.

The rules are those of the strictest system, so that a submission means the same on Windows, macOS
and Linux: Windows ignores case and trailing dots and opens devices, macOS takes accents apart,
Python reads identifiers in Unicode's compatibility form (NFKC).
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

SOURCES = frozenset({".py", ".ipynb"})
_ARCHIVES = (
    ".zip", ".rar", ".7z", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst",
)  # fmt: skip
_OTHER_FOLDERS = frozenset({"__pycache__", "__MACOSX", "checks"})
_OTHER_FILES = frozenset({"conftest.py", "test.py"})
# Windows opens devices under these names, whatever the ending.
WINDOWS_DEVICES = frozenset({"con", "prn", "aux", "nul"}) | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(10)
}
# Beyond Latin with its accents, alphabets hold letters that look like those of others.
_LAST_LATIN = "\N{LATIN SMALL LETTER LONG S}"
_LONGEST_SHOWN = 80
# What browsers, systems and file managers make of a name that is taken: “x (1)”, “x-2”,
# “x - Copy (2)”, “x copy 3”, “x-Copy1”, “Copy of x”.
_COPY = re.compile(
    r"""(?:(?:copy\ of|kopie\ von|copie\ de|copia\ de)\ )?
        (?P<stem>.+?)
        (?: \s?\(\d{1,3}\) | [-_\ ]\d{1,3} | [-\ ]{1,3}(?:copy|kopie|copie|copia)\ ?\d{0,3})*+""",
    re.VERBOSE | re.IGNORECASE,
)


def stem(name: str) -> str:
    """Return a file's name without its suffix, accents composed, as Windows would store it."""
    return _plain(name).stem


def original_stem(name: str) -> str:
    """Return the stem that a file had before it was renamed for being one of several."""
    match = _COPY.fullmatch(stem(name)[:_LONGEST_SHOWN])
    return match["stem"] if match else stem(name)


def suffix(name: str) -> str:
    """Return a file's suffix in lower case, such as ``.py``."""
    return _plain(name).suffix.lower()


def _plain(name: str) -> PurePosixPath:
    return PurePosixPath(unicodedata.normalize("NFC", name).rstrip(". "))


def is_source(name: str) -> bool:
    """Whether a file may be a submission or part of one."""
    left_out = name in _OTHER_FILES or name.startswith((".", "test_"))
    return suffix(name) in SOURCES and not left_out


def is_archive(name: str) -> bool:
    """Whether a file is packed, in whatever way."""
    return name.lower().endswith(_ARCHIVES) and not name.startswith(".")


def is_folder_to_look_into(name: str) -> bool:
    """Whether a folder may hold a submission: neither hidden nor some program's own."""
    return not name.startswith(".") and name not in _OTHER_FOLDERS


def collision_key(name: str) -> str:
    """Return what two names have in common if some system or Python takes them for one."""
    return unicodedata.normalize("NFKC", stem(name)).casefold()


def could_be_imported(name: str) -> bool:
    """Whether an import statement could mean this file, on some system or to some reader."""
    return _hidden_character(name) is not None or stem(name).isidentifier()


def module_fault(name: str) -> str | None:
    """Return what keeps a name from being a module's on every system, to follow the name."""
    own = stem(name)
    hidden = _hidden_character(name)
    if hidden:
        return f"has a character in its name that cannot be seen ({_describe(hidden)})"
    foreign = next((char for char in own if not _is_plain_letter(char)), None)
    if foreign:
        return (
            "has a character in its name that is easily taken for another one "
            f"({_describe(foreign)})"
        )
    if own.casefold() in WINDOWS_DEVICES:
        return "has the name of a device on Windows and cannot be saved there"
    if name.endswith((".", " ")):
        return "has a name that ends in a dot or a space, which Windows takes away"
    return None


def _hidden_character(name: str) -> str | None:
    """Return the first control or format character, such as one that turns the direction."""
    return next((char for char in name if unicodedata.category(char) in {"Cc", "Cf"}), None)


def _is_plain_letter(char: str) -> bool:
    return char <= _LAST_LATIN and unicodedata.normalize("NFKC", char) == char


def _describe(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()


def printable(name: str) -> str:
    """Return a file name without what would garble a terminal or a UTF-8 report; shortened."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)
    if len(shown) <= _LONGEST_SHOWN:
        return shown
    half = _LONGEST_SHOWN // 2
    return f"{shown[:half]}…{shown[-half:]}"
