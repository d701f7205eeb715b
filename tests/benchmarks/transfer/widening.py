"""The road, wider than it is: what varies more in training is learnt not to matter.

Short trainings read photographs better by two points from conditions wider than those measured on
them: docs/transfer.md. Elsewhere this is called domain randomisation (Tobin et al., IROS 2017).
"""

from __future__ import annotations

from dataclasses import replace

from autograder.roadsigns.conditions import ROAD, Conditions
from autograder.roadsigns.distributions import Either, LogNormal, LogUniform, Normal, Uniform


def widened() -> Conditions:
    """Return the conditions of the road with more of blur, light, colour and pose."""
    return replace(
        ROAD,
        light=replace(
            ROAD.light,
            exposure=LogUniform(0.14, 1.7),
            warmth=Normal(0.0, 0.13),
            green=Normal(-0.01, 0.05),
            haze_chance=0.3,
            haze=Uniform(0.0, 0.5),
        ),
        pose=replace(
            ROAD.pose,
            turn_deg=Normal(0.0, 5.0),
            width_scale=Uniform(0.90, 1.08),
            corner_shift=Normal(0.0, 3.4),
            size=Uniform(41.0, 57.0),
            offset=Normal(0.0, 2.1),
        ),
        optics=replace(
            ROAD.optics,
            blur=Either(0.8, Uniform(0.3, 1.5), Uniform(1.5, 2.9)),
            gamma=LogNormal(1.0, 0.25),
            noise=Uniform(0.0, 0.02),
        ),
        moment=replace(ROAD.moment, motion_chance=0.22, motion=Uniform(3.0, 9.0)),
    )
