"""The whole examination of an augmentation: what it does, and which labels that harms."""

from __future__ import annotations

from collections.abc import Mapping

from autograder.probing.facts import Examined, ProbePictures
from autograder.probing.label_safety import FloatImage, find_confusions
from autograder.probing.probe import probe


def examine(
    pictures: ProbePictures, drawings: Mapping[int, tuple[FloatImage, ...]] | None
) -> Examined:
    """Return what an augmentation does.

    Args:
        pictures: That went through it.
        drawings: See `find_confusions`; None where the classes have no drawings.
    """
    found = probe(pictures)
    return Examined(found, find_confusions(found, drawings) if drawings else None, pictures)
