"""What the probe of an augmentation puts into a report."""

from __future__ import annotations

from autograder.probing.facts import Border, Confusion, Examined, Finding
from autograder.reports.training_parts import (
    AugmentationPart,
    BorderPart,
    ConfusionPart,
    OperationPart,
)

# Finer digits are noise of the measurement, and differ where a processor rounds another way.
_DIGITS = 3


def augmentation_part(examined: Examined | None) -> AugmentationPart | None:
    """Return what is known of an augmentation; None if nothing is."""
    if examined is None:
        return None
    probe, confusions = examined.probe, examined.confusions or ()
    low, high = (round(float(value), _DIGITS) for value in probe.values)
    return AugmentationPart(
        operations=tuple(map(_operation, probe.findings)),
        border=_border(probe.border),
        stochastic=probe.stochastic,
        train_only=probe.train_only,
        seeded=probe.seeded,
        in_range=probe.in_range,
        values=(low, high),
        label_safe=examined.label_safe,
        confusions=tuple(map(_confusion, confusions)),
        pictures=probe.pictures,
        recognised=probe.recognised,
    )


def _operation(finding: Finding) -> OperationPart:
    return OperationPart(
        operation=finding.operation,
        share=round(finding.share, _DIGITS),
        low=round(finding.low, _DIGITS),
        high=round(finding.high, _DIGITS),
        unit=finding.unit,
    )


def _border(border: Border) -> BorderPart:
    colour = border.colour
    if colour is not None:
        red, green, blue = (round(float(value), _DIGITS) for value in colour)
        colour = (red, green, blue)
    return BorderPart(fill=border.fill, colour=colour, seen_in=border.seen_in)


def _confusion(one: Confusion) -> ConfusionPart:
    return ConfusionPart(
        operation=one.operation,
        amount_deg=round(one.amount_deg, _DIGITS),
        class_id=one.class_id,
        becomes=one.becomes,
        alike=round(one.alike, _DIGITS),
    )
