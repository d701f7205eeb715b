"""What a program is compared by: its shingles, the runs of `SHINGLE` tokens in it, by their hashes.

As in "Winnowing: Local Algorithms for Document Fingerprinting" (Schleimer, Wilkerson, Aiken 2003),
but nothing is thinned: a class is small enough to compare all of them. A shingle lies within one
function, class or other block, so it makes no difference in which order a copy has those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from autograder.code_tokens import code_tokens
from autograder.models import SourceFile

SHINGLE = 18
_BASE = np.uint64(0x9E3779B97F4A7C15)
Hashes = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Shingles:
    """Those of a submission, in their order.

    Attributes:
        hashes: Shape (count,); the same on every machine.
        starts: Where each begins, as the index of its first token, shape (count,).
    """

    hashes: Hashes
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, words: Iterable[str], blocks: Sequence[int]) -> Shingles:
        """Hash the shingles that lie within a block.

        A hash is a polynomial in its words' hashes modulo 2^64 (after Karp and Rabin 1987).

        Args:
            words: All tokens of a submission.
            blocks: The number of each one's block.
        """
        codes = np.array([_code(word) for word in words], np.uint64)
        count = max(0, len(codes) - SHINGLE + 1)
        hashes = np.zeros(count, np.uint64)
        for place in range(SHINGLE):
            hashes = hashes * _BASE + codes[place : place + count]
        numbers = np.array(blocks, np.int64)
        starts = np.flatnonzero(numbers[:count] == numbers[len(numbers) - count :])
        return cls(hashes[starts], starts)

    @property
    def at(self) -> dict[int, int]:
        """The hash of the shingle that begins at a token, by the token's index; in order."""
        return dict(zip(self.starts.tolist(), self.hashes.tolist(), strict=True))

    def without(self, others: Hashes) -> Shingles:
        """Return those that are not among others."""
        own = ~np.isin(self.hashes, others)
        return Shingles(self.hashes[own], self.starts[own])


@dataclass(frozen=True, eq=False)
class CodePrint:
    """What a submission is compared by.

    Attributes:
        places: Of each token the index of its file and its line in it, shape (tokens, 2).
        alike: Shingles of what stays the same under other names, numbers and texts.
        verbatim: Shingles with numbers and texts as they are.
    """

    places: NDArray[np.int32]
    alike: Shingles
    verbatim: Shingles

    @classmethod
    def of(cls, files: Sequence[SourceFile]) -> CodePrint:
        """Return that of a submission's files."""
        tokens = [
            (index, token) for index, file in enumerate(files) for token in code_tokens(file.text)
        ]
        blocks = _numbered((index, token.block) for index, token in tokens)
        alike = Shingles.of((token.text for _, token in tokens), blocks)
        verbatim = Shingles.of((token.exact for _, token in tokens), blocks)
        places = np.array([(index, token.line) for index, token in tokens], np.int32)
        return cls(places.reshape(-1, 2), alike, verbatim)

    @property
    def has_own_code(self) -> bool:
        """Whether there is anything to compare."""
        return len(self.alike.hashes) > 0

    def without(self, given: Sequence[CodePrint]) -> CodePrint:
        """Return what is left when some code does not count."""
        return CodePrint(
            self.places,
            self.alike.without(joined(one.alike for one in given)),
            self.verbatim.without(joined(one.verbatim for one in given)),
        )


def joined(shingles: Iterable[Shingles]) -> Hashes:
    """Return all hashes, one submission's behind the other's."""
    return np.concatenate([np.zeros(0, np.uint64), *(one.hashes for one in shingles)])


@lru_cache(maxsize=1 << 14)
def _code(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())


def _numbered(keys: Iterable[Hashable]) -> list[int]:
    """Return a number for each key, equal for equal ones."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys]
