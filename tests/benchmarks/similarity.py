"""Measures what docs/similarity.md says: `python -m tests.benchmarks.similarity`; a minute."""

from __future__ import annotations

import time
from collections import Counter
from itertools import combinations
from random import Random

from autograder.models import SourceFile
from autograder.similarity import Pair, Work, compare
from tests.works import DISGUISES, INDEPENDENT, TEMPLATE, half, student

GIVEN = [SourceFile("submission.py", TEMPLATE, "submission.py")]
KINDS = (*DISGUISES, "half")


def work(id_: str, text: str) -> Work:
    return Work(id_, id_, (SourceFile("submission.py", text, "submission.py"),))


def pair_of(first: str, second: str) -> Pair | None:
    """Return the pair of two programs, if they are one."""
    pairs = compare([work("a", first), work("b", second)], GIVEN).pairs
    return pairs[0] if pairs else None


def copies() -> None:
    """Print for each disguise how much of a copy is still found, at worst."""
    alone = [pair_of(*texts) for texts in combinations(INDEPENDENT.values(), 2)]
    print(f"written alone: {sum(map(bool, alone))} of {len(alone)} pairs flagged")
    for name, disguise in DISGUISES.items():
        found = [pair_of(text, disguise(text)) for text in INDEPENDENT.values()]
        told(name, found)
    halves = [
        pair_of(text, half(text, other))
        for text, other in combinations(INDEPENDENT.values(), 2)
    ]  # fmt: skip
    told("half", halves)


def told(name: str, pairs: list[Pair | None]) -> None:
    found = [pair for pair in pairs if pair]
    shared = min(min(pair.shared_first, pair.shared_second) for pair in found)
    verbatim = min(pair.verbatim for pair in found)
    print(f"{name}: {len(found)} of {len(pairs)}, alike {shared:.2f}, verbatim {verbatim:.2f}")


def classes(size: int, times: int) -> None:
    """Print what is found in classes that heard one lecture, and what should not have been."""
    wrong, hits, made, cpu_s = 0, Counter[str](), Counter[str](), 0.0
    for seed in range(times):
        random = Random(seed)
        texts = [student(random) for _ in range(size)]
        works = [work(f"s{number}", text) for number, text in enumerate(texts)]
        true = {}
        for number in range(min(size // 2, 24)):
            kind = KINDS[(number + seed) % len(KINDS)]
            text, other = texts[number], texts[-1 - number]
            copy = half(text, other) if kind == "half" else DISGUISES[kind](text)
            works.append(work(f"copy{number}", copy))
            true[f"s{number}", f"copy{number}"] = kind
            made[kind] += 1
        begin = time.process_time()
        found = {(pair.first, pair.second) for pair in compare(works, GIVEN).pairs}
        cpu_s += time.process_time() - begin
        hits.update(true[pair] for pair in found & true.keys())
        wrong += sum(second.startswith("s") for _, second in found)
    print(
        f"class of {size}: {hits.total()} of {made.total()} copies, {wrong / times:.1f} of "
        f"{size * (size - 1) // 2} honest pairs, {cpu_s / times:.2f} CPU s"
    )


if __name__ == "__main__":
    copies()
    for size, times in ((10, 10), (30, 5), (100, 4), (300, 2), (1000, 1)):
        classes(size, times)
