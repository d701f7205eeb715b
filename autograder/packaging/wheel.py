"""This program as a wheel (PEP 427), made from the very files that are running.

Nothing is built or downloaded: a wheel of pure Python is a zip of its files and their checksums. So
what is taken along is what was tried here, changed files of a checkout included.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import stat
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, distributions
from pathlib import Path

from autograder import __version__
from autograder.errors import UserError

_PACKAGE = Path(__file__).parent.parent
_CHECKOUT = _PACKAGE.parent / "pyproject.toml"
_NAME = "autograder"
_OLDEST_PYTHON = (3, 11)
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of zip archives: the same files give the same bytes
_TAG = "Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@dataclass(frozen=True)
class Wheel:
    """A file that pip installs.

    Attributes:
        name: Its file name, which pip reads.
        content: A zip archive.
    """

    name: str
    content: bytes


def build_wheel() -> Wheel:
    """Return this program as a wheel.

    Raises:
        UserError: It is neither installed nor a checkout, so nobody knows what it needs.
    """
    info = f"{_NAME}-{__version__}.dist-info"
    files = dict(_own_files())
    metadata, entry_points = _from_checkout(_CHECKOUT) or _from_installation()
    files[f"{info}/METADATA"] = metadata.encode()
    files[f"{info}/entry_points.txt"] = entry_points.encode()
    files[f"{info}/WHEEL"] = _TAG.encode()
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD")
    return Wheel(f"{_NAME}-{__version__}-py3-none-any.whl", zipped(files))


def constraints() -> str:
    """Return the exact versions of all that is installed here, one a line, as pip reads them.

    Versions alone: where they are downloaded from is the other machine's own affair. Its Python may
    be older than this one: what does not run there is left to pip.
    """
    lines = {
        f"{found.metadata['Name']}=={found.version}{_marker(found.metadata['Requires-Python'])}"
        for found in distributions()
        if found.metadata["Name"] not in {_NAME, "pip", "setuptools", "wheel"}
    }
    return "".join(f"{line}\n" for line in sorted(lines, key=str.casefold))


def _marker(requires_python: str | None) -> str:
    """Return for which Python to ask for a version that does not run on every one that we do."""
    lowest = re.search(r">=\s*([\d.]+)", requires_python or "")
    if lowest is None or tuple(map(int, lowest[1].split("."))) <= _OLDEST_PYTHON:
        return ""
    return f'; python_full_version >= "{lowest[1]}"'


def zipped(files: Mapping[str, bytes], modes: Mapping[str, int] | None = None) -> bytes:
    """Return a zip archive that depends on names, contents and modes alone.

    Args:
        files: Contents by name.
        modes: Unix permissions by name; 0644 where there are none.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix: the next line would mean nothing elsewhere
            entry.external_attr = (stat.S_IFREG | (modes or {}).get(name, 0o644)) << 16
            file.writestr(entry, content)
    return archive.getvalue()


def _from_checkout(project_file: Path) -> tuple[str, str] | None:
    """Return what pyproject.toml says today; what was installed may be older."""
    if not project_file.is_file():
        return None
    project = tomllib.loads(project_file.read_text(encoding="utf-8"))["project"]
    metadata = [
        "Metadata-Version: 2.4",
        f"Name: {_NAME}",
        f"Version: {__version__}",
        f"Summary: {project['description']}",
        f"License-Expression: {project['license']}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {needed}" for needed in project["dependencies"]),
    ]
    scripts = [f"{name} = {target}" for name, target in project["scripts"].items()]
    return "\n".join([*metadata, ""]), "\n".join(["[console_scripts]", *scripts, ""])


def _from_installation() -> tuple[str, str]:
    try:
        installed = distribution(_NAME)
    except PackageNotFoundError:
        raise UserError("autograder is not installed here, so it cannot be packed") from None
    # An editable installation keeps it beside the checkout, under its older name.
    metadata = installed.read_text("METADATA") or installed.read_text("PKG-INFO")
    texts = metadata, installed.read_text("entry_points.txt")
    if installed.version != __version__ or None in texts:
        raise UserError("another autograder is installed than is running; install it again")
    return texts[0] or "", texts[1] or ""


def _own_files() -> Iterator[tuple[str, bytes]]:
    for path in sorted(_PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            inside = path.relative_to(_PACKAGE.parent)
            yield inside.as_posix(), path.read_bytes()


def _record(files: Mapping[str, bytes], own_name: str) -> bytes:
    lines = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}\n")
    return "".join([*lines, f"{own_name},,\n"]).encode()
