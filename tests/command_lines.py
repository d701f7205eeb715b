"""Finds our commands in scripts and workflows, and holds them against the command line."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Iterator
from pathlib import PurePosixPath

import click

from autograder.cli import cli


def our_commands(script: str) -> Iterator[list[str]]:
    """Yield the words of every `autograder …` in a shell script."""
    for line in script.replace("\\\n", " ").splitlines():
        if "bin/autograder" in line:
            for words in _simple_commands(line):
                if PurePosixPath(words[0]).name == "autograder":
                    yield words


def _simple_commands(line: str) -> Iterator[list[str]]:
    """Yield what stands between ``&&``, ``||``, ``;`` and the like."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    for is_operator, words in itertools.groupby(lexer, lambda word: set(word) <= set("();<>|&")):
        if not is_operator:
            yield list(words)


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
