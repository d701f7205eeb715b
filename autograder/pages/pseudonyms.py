"""Names for a class that must not be named.

Covers: whoever has the page, and knows every id, name and hash of some submissions, cannot say
which pseudonym is another one's: names are dealt by a key over all submissions of the class, code
and weights included. Rendering the same results again deals the same names; one more or another
submission deals all of them anew.

Does not cover: what the page shows beside a pseudonym. Who knows someone's score finds the row;
and in a class of three there is little to guess.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from autograder.reports.report import Report

_COLOURS = """
    Amber Azure Bronze Cobalt Copper Coral Crimson Cyan Ebony Emerald Fuchsia Garnet Golden Hazel
    Indigo Ivory Jade Lavender Lilac Magenta Mauve Mint Ochre Olive Onyx Opal Pearl Quartz Ruby
    Russet Saffron Sage Sapphire Scarlet Sienna Silver Teal Topaz Turquoise Violet
""".split()
_ANIMALS = """
    Albatross Antelope Badger Beaver Bison Bobcat Cheetah Condor Cougar Crane Dolphin Eagle Egret
    Falcon Finch Gazelle Heron Ibex Ibis Jaguar Kestrel Kingfisher Leopard Lynx Marten Narwhal Orca
    Oriole Osprey Otter Panther Pelican Plover Puffin Puma Raven Seal Swallow Swift Tern
""".split()


def pseudonyms(reports: Sequence[Report]) -> dict[str, str]:
    """Return a pseudonym, such as Amber Falcon, for each submission id; no two are equal."""
    key = _key(reports)
    pairs = [f"{colour} {animal}" for colour in _COLOURS for animal in _ANIMALS]
    rounds = -(-len(reports) // len(pairs))
    names = [pair if not turn else f"{pair} {turn + 1}" for turn in range(rounds) for pair in pairs]
    names.sort(key=lambda name: _keyed(key, name))
    ids = sorted(report.submission.id for report in reports)
    return dict(zip(ids, names, strict=False))


def _key(reports: Sequence[Report]) -> bytes:
    """Return what only someone who has all submissions can compute."""
    parts = sorted(
        "\0".join(
            (
                report.submission.id,
                report.submission.sha256,
                report.weights_sha256 or "",
                report.predictions_sha256 or "",
                report.cache_key,
            )
        )
        for report in reports
    )
    return hashlib.sha256("\n".join(parts).encode()).digest()


def _keyed(key: bytes, name: str) -> bytes:
    return hashlib.blake2b(name.encode(), key=key).digest()
