"""The whole examination of an augmentation: what it does, and which labels that harms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.probing.label_safety import Confusion, FloatImage, find_confusions
from autograder.probing.pictures import ProbePictures
from autograder.probing.probe import Probe, probe


@dataclass(frozen=True)
class Examined:
    """What is known of an augmentation.

    Attributes:
        probe: What it does.
        confusions: Which classes it turns into others; None where no drawings of them are at hand.
        pictures: What that was found from.
    """

    probe: Probe
    confusions: tuple[Confusion, ...] | None
    pictures: ProbePictures

    @property
    def label_safe(self) -> bool | None:
        """Whether no class becomes another; None where that is not known."""
        return None if self.confusions is None else not self.confusions


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
