"""Finds submissions whose code is suspiciously alike. A flag is for a person, never for points.

Not counted are shingles (`code_shingles`) of what everyone was given, and shingles that many of
the class have: those come from the lecture, or from examples that everybody knows. Of what is left
of one of two submissions,

* `ALIKE` is in the other one, whatever names, numbers and texts it was given;
* or `VERBATIM` is, numbers and texts included: half a copy;

or, however many have the same, of each of the two

* `ENTIRE` is in the other, numbers and texts included;

or they say the same letter by letter, or training came to the same weights to the bit. Then they
are a pair. How the limits were set, and what is not found: docs/similarity.md.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograder.code_shingles import SHINGLE, CodePrint, Hashes, Shingles
from autograder.models import SourceFile

ALIKE, VERBATIM, ENTIRE = 0.8, 0.6, 0.9
# Fewer shingles in common say nothing.
MIN_SHARED = 30
# Shingles are common if more submissions have them than this share of the class, and than so many.
COMMON_SHARE, COMMON_COUNT = 0.1, 8
# A pair is left out if both its submissions have so many others that they are more alike.
MAX_PARTNERS = 10
# Pairs, the most alike first, whose matching lines are found; and of each, the longest passages.
SHOWN, MAX_PASSAGES = 50, 40


@dataclass(frozen=True)
class Work:
    """A submission as far as it is compared.

    Attributes:
        id: Of the submission.
        student_id: Nobody is compared with themselves.
        files: Its modules.
        weights_sha256: Over the weights that training came to; None if it came to none.
    """

    id: str
    student_id: str
    files: tuple[SourceFile, ...]
    weights_sha256: str | None = None


@dataclass(frozen=True)
class Lines:
    """Consecutive lines of a module.

    Attributes:
        file: Index in `Work.files`.
        first: Counted from 1.
        last: Included.
    """

    file: int
    first: int
    last: int


@dataclass(frozen=True)
class Passage:
    """Lines of one submission that are found in another."""

    first: Lines
    second: Lines


@dataclass(frozen=True)
class Pair:
    """Two submissions that a person should look at, side by side.

    Attributes:
        first: Id of one.
        second: Id of the other.
        shared_first: Share, 0..1, of the first one's own code that is in the second, whatever its
            names, numbers and texts.
        shared_second: The same of the second one's.
        verbatim: Share, 0..1, of the own code of one of them that is in the other with all its
            numbers and texts; the larger of the two.
        same_text: Whether they say the same letter by letter.
        same_weights: Whether training came to the same weights to the bit.
        passages: What is alike, in the first `SHOWN` pairs: the `MAX_PASSAGES` longest.
    """

    first: str
    second: str
    shared_first: float
    shared_second: float
    verbatim: float
    same_text: bool
    same_weights: bool
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True)
class Similarity:
    """What comparing a class came to.

    Attributes:
        compared: Number of submissions.
        pairs: The most alike first.
        left_out: Number of pairs that `MAX_PARTNERS` left out.
        class_sha256: Over who and what was compared, where that is stored; else empty.
    """

    compared: int
    pairs: tuple[Pair, ...]
    left_out: int = 0
    class_sha256: str = ""

    @property
    def flags(self) -> Mapping[str, tuple[str, ...]]:
        """By the id of each submission in a pair, the ids of those that it is alike."""
        found: dict[str, list[str]] = defaultdict(list)
        for pair in self.pairs:
            found[pair.first].append(pair.second)
            found[pair.second].append(pair.first)
        return {id_: tuple(others) for id_, others in sorted(found.items())}


def compare(works: Sequence[Work], given: Iterable[SourceFile] = ()) -> Similarity:
    """Compare every submission of a class with every other.

    Args:
        works: The class.
        given: Code that everyone was given: it is nobody's own.
    """
    handed_out = [CodePrint.of([file]) for file in given]
    prints = [CodePrint.of(work.files).without(handed_out) for work in works]
    alike = _Overlap.of([one.alike for one in prints])
    verbatim = _Overlap.of([one.verbatim for one in prints])
    entire = _entire([one.verbatim for one in prints])
    same_text = _equal(
        [_text(work) if one.has_own_code else None for work, one in zip(works, prints, strict=True)]
    )
    same_weights = _equal([work.weights_sha256 for work in works])
    # What is a copy as a whole is one in its parts, were they common or not.
    copied = np.maximum(entire, same_text)
    shares = np.maximum(alike.shares, copied)
    letters = np.maximum(verbatim.either, np.maximum(copied, copied.T))
    found = alike.reaches(ALIKE) | verbatim.reaches(VERBATIM) | (copied > 0) | same_weights
    found &= ~_equal([work.student_id for work in works])
    strength = np.maximum(np.maximum(shares, shares.T) / ALIKE, letters / VERBATIM)
    strength += 2 * same_text + same_weights
    kept, left_out = _strongest(found, strength)
    pairs = []
    for place, (one, other) in enumerate(kept):
        common = alike.common[:0] if copied[one, other] else alike.common
        matching = _passages(prints[one], prints[other], common) if place < SHOWN else ()
        pairs.append(
            Pair(
                first=works[one].id,
                second=works[other].id,
                shared_first=float(shares[one, other]),
                shared_second=float(shares[other, one]),
                verbatim=float(letters[one, other]),
                same_text=bool(same_text[one, other]),
                same_weights=bool(same_weights[one, other]),
                passages=tuple(matching),
            )
        )
    return Similarity(len(works), tuple(pairs), left_out)


@dataclass(frozen=True, eq=False)
class _Overlap:
    """How much of each submission is in each other one.

    Attributes:
        shares: Element (i, j) is the share of the shingles of i that j has, shape (n, n).
        counts: The number of those, shape (n, n).
        common: Hashes that do not count.
    """

    shares: NDArray[np.float32]
    counts: NDArray[np.int32]
    common: Hashes

    @classmethod
    def of(cls, class_: Sequence[Shingles], most_owners: float | None = None) -> _Overlap:
        """Compare all with all; shingles with more owners than are usual, or these, are common."""
        from scipy.sparse import csr_array

        distinct = [np.unique(one.hashes) for one in class_]
        sizes = [len(hashes) for hashes in distinct]
        hashes, columns, owners = np.unique(
            np.concatenate([np.zeros(0, np.uint64), *distinct]),
            return_inverse=True,
            return_counts=True,
        )
        rows = np.repeat(np.arange(len(class_)), sizes)
        usual = max(COMMON_COUNT, COMMON_SHARE * len(class_))
        common = owners > (usual if most_owners is None else most_owners)
        counted = ~common[columns]
        ones = np.ones(int(counted.sum()), np.int32)
        has = csr_array((ones, (rows[counted], columns[counted])), (len(class_), len(hashes)))
        counts = (has @ has.T).toarray()
        own = np.maximum(1, counts.diagonal())[:, None]
        return cls((counts / own).astype(np.float32), counts, hashes[common])

    @property
    def either(self) -> NDArray[np.float32]:
        """The larger of the two shares of each pair."""
        return np.maximum(self.shares, self.shares.T)

    def reaches(self, share: float) -> NDArray[np.bool_]:
        """Return whether each pair has so much in common."""
        return (self.either >= share) & (self.counts >= MIN_SHARED)


def _entire(class_: Sequence[Shingles]) -> NDArray[np.float32]:
    """Return the shares of those pairs that are copies as a whole, 0 for all others."""
    whole = _Overlap.of(class_, most_owners=len(class_))
    least = np.minimum(whole.shares, whole.shares.T)
    is_copy = (least >= ENTIRE) & (whole.counts >= MIN_SHARED)
    return np.where(is_copy, whole.shares, np.float32(0))


def _text(work: Work) -> str:
    """Return a digest of what a submission says, under whatever file names."""
    texts = sorted("\n".join(map(str.rstrip, file.text.split("\n"))) for file in work.files)
    digest = hashlib.sha256()
    for text in texts:
        digest.update(hashlib.sha256(text.strip().encode("utf-8", "replace")).digest())
    return digest.hexdigest()


def _equal(keys: Sequence[Hashable]) -> NDArray[np.bool_]:
    """Return which have equal keys, shape (n, n); None equals nothing."""
    numbers: dict[Hashable, int] = {}
    codes = np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)
    known = np.array([key is not None for key in keys], bool)
    equal: NDArray[np.bool_] = (codes[:, None] == codes[None, :]) & known[:, None]
    return equal


def _strongest(
    found: NDArray[np.bool_], strength: NDArray[np.floating]
) -> tuple[list[tuple[int, int]], int]:
    """Return the pairs, strongest first, and how many were left out."""
    first, second = np.nonzero(np.triu(found, 1))
    order = np.argsort(-strength[first, second], kind="stable")
    partners: Counter[int] = Counter()
    kept = []
    for one, other in zip(first[order].tolist(), second[order].tolist(), strict=True):
        if min(partners[one], partners[other]) < MAX_PARTNERS:
            partners.update((one, other))
            kept.append((one, other))
    return kept, len(order) - len(kept)


def _passages(first: CodePrint, second: CodePrint, common: Hashes) -> Iterator[Passage]:
    """Yield what of one is in the other, each passage as long as it goes on in both."""
    matches = list(_matches(first.alike.without(common).at, second.alike.without(common).at))
    longest = set(sorted(matches, key=lambda match: -match[2])[:MAX_PASSAGES])
    for begin, met, length in matches:
        if (begin, met, length) in longest:
            yield Passage(_lines(first, begin, length), _lines(second, met, length))


def _matches(here: Mapping[int, int], there: Mapping[int, int]) -> Iterator[tuple[int, int, int]]:
    """Yield where equal hashes begin here and there, and for how many places they go on."""
    places = {hash_: start for start, hash_ in reversed([*there.items()])}
    begin, met, length = 0, 0, 0
    for start, hash_ in here.items():
        if length and start == begin + length and there.get(met + length) == hash_:
            length += 1
            continue
        if length:
            yield begin, met, length
        begin, met, length = start, places.get(hash_, 0), int(hash_ in places)
    if length:
        yield begin, met, length


def _lines(of: CodePrint, start: int, length: int) -> Lines:
    """Return where consecutive shingles stand."""
    (file, first), (_, last) = of.places[[start, start + length + SHINGLE - 2]].tolist()
    return Lines(file, first, last)
