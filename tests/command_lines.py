"""Finds our commands in scripts and workflows, and holds them against the command line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import PurePosixPath

import click

from autograder.cli import cli


def our_commands(script: str) -> Iterator[list[str]]:
    """Yield the words of every `autograder …` in a shell script."""
    for line in script.replace("\\\n", " ").splitlines():
        for part in re.split(r"&&|\|\||;", line):
            words = shlex.split(part, comments=True)
            while words and (words[0] in {"env", "exec"} or "=" in words[0]):
                words = words[1:]
            if words and PurePosixPath(words[0]).name == "autograder":
                yield words


def accept(words: list[str]) -> click.Context:
    """Parse a command as it would be typed.  Raises click.UsageError if it does not exist."""
    command: click.Command = cli
    name, rest = words[0], words[1:]
    while isinstance(command, click.Group):
        name, rest = rest[0], rest[1:]
        found = command.commands.get(name)
        if found is None:
            raise click.UsageError(f"no such command: {name}")
        command = found
    return command.make_context(name, rest)
