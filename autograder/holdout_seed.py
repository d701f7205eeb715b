"""The secret that a holdout hangs on.

It comes from the environment, is stretched through scrypt (RFC 7914) before anything is made of it,
and is written nowhere.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import DatasetError

TRY_OUT_SEED = "try-out"
# A shorter secret can be guessed by whoever sees the images, however slow a guess is.
_SHORT_SECRET = 12


@dataclass(frozen=True)
class HoldoutSeed:
    """The secret that the holdout is rendered from, and whether everybody knows it."""

    value: str
    is_default: bool

    @property
    def is_weak(self) -> bool:
        """Whether somebody who sees the images could find it by guessing."""
        return not self.is_default and len(self.value) < _SHORT_SECRET


def holdout_seed(environ: Mapping[str, str]) -> HoldoutSeed:
    """Return the holdout's seed from AUTOGRADER_HOLDOUT_SEED or AUTOGRADER_HOLDOUT_SEED_FILE.

    With neither it is the documented default, which is good for trying out and nothing else.

    Raises:
        DatasetError: A variable is empty, or its file unreadable or empty.
    """
    direct, path = "AUTOGRADER_HOLDOUT_SEED", "AUTOGRADER_HOLDOUT_SEED_FILE"
    if direct in environ:
        value = environ[direct].strip()
        where = direct
    elif path in environ:
        where = f"{path} ({environ[path]})"
        try:
            value = Path(environ[path]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise DatasetError(f"{where}: cannot be read: {error}") from error
    else:
        return HoldoutSeed(TRY_OUT_SEED, is_default=True)
    if not value:
        raise DatasetError(f"{where} is empty; write any text that students cannot guess")
    return HoldoutSeed(value, is_default=value == TRY_OUT_SEED)


@functools.cache
def stretched(seed: str) -> str:
    """Return what a secret seed stands for: half a second of work, so that guessing is slow.

    Jobs see the images and the name of their folder, so either could confirm a guess.
    """
    if seed == TRY_OUT_SEED:
        return seed  # everybody knows it
    cost, block, memory_bytes = 1 << 17, 8, 1 << 28
    key = hashlib.scrypt(
        seed.encode(), salt=b"autograder holdout", n=cost, r=block, p=1, maxmem=memory_bytes
    )
    return key.hex()
