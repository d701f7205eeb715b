"""`autograder data fetch`: the photographs of GTSRB, from where they were published."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from autograder.downloads import GTSRB, FetchError, fetch, is_there
from autograder.view import Bar, plain


def fetch_gtsrb(folder: Path, url: str, console: Console) -> int:
    """Download what is not there yet; go on where an earlier try stopped.

    Raises:
        FetchError: It cannot be had; says what to do by hand.
    """
    for archive in GTSRB:
        if is_there(archive, folder):
            _say(console, f" ✓ {archive.name}: there already")
            continue
        try:
            with Bar(console) as bar:
                fetch(archive, url, folder, bar)
        except FetchError as error:
            raise FetchError(f"{error}\n{_by_hand(folder, url)}") from error
        _say(console, f" ✓ {archive.name}: {archive.size:,} bytes, MD5 {archive.md5}")
    _say(console, f"Now: autograder data import {folder} --out {folder.parent / 'imported'}")
    return 0


def _by_hand(folder: Path, url: str) -> str:
    lines = [f"  {archive.name} ({archive.size:,} bytes, MD5 {archive.md5})" for archive in GTSRB]
    return "\n".join(
        [
            "The same command again goes on where this one stopped. Without a network here, get",
            *lines,
            f"from {url} on a computer that has one, put them into {folder}, and run",
            f"  autograder data import {folder} --out {folder.parent / 'imported'}",
        ]
    )


def _say(console: Console, text: str) -> None:
    console.print(plain(text), highlight=False, soft_wrap=True)
