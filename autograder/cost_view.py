"""What a training costs, on a terminal: the table of a step, and the use of the budget."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.models import Cost, Layer, LayerCost, TrainingPlan
from autograder.view import plain

# Layers come in the order of the model; after them, what belongs to none.
_PARTS = {"augmentation": "augmentation", "loss": "loss", "optimizer": "optimizer"}
_SHOWN_MFLOPS = 0.005
_CHEAP_SHARE = 0.005


def show_cost(console: Console, cost: Cost, layers: Sequence[Layer]) -> None:
    """Print what each layer costs in a training step, and the parts of it outside of the model.

    Args:
        console: Where to.
        cost: Of one training step.
        layers: Of the model, in order. What has no weights and costs next to nothing is left out.
    """
    table = Table(title=f"A training step of {cost.batch_size} images", title_justify="left")
    table.add_column("layer", overflow="ellipsis", no_wrap=True)
    for name in ("output", "parameters", "MFLOPs/image", "reference ms"):
        table.add_column(name, justify="right")
    by_layer = {one.layer: one for one in cost.layers if one.part == "model"}
    rest_ms = cost.overhead_ms
    for layer in layers:
        one = by_layer.pop(layer.name, LayerCost("model", layer.name, 0.0, 0.0, 0.0))
        if one.ms < _CHEAP_SHARE * cost.ms and not layer.weight_shapes:
            rest_ms += one.ms
        else:
            table.add_row(plain(layer.name), *_form(layer), *_costs([one], cost))
    rest_ms += sum(one.ms for one in by_layer.values())
    table.add_section()
    for part, title in _PARTS.items():
        own = [one for one in cost.layers if one.part == part]
        table.add_row(title, "", "", *_costs(own, cost))
    rest_ms += sum(one.ms for one in cost.layers if one.part == "harness")
    table.add_row("the rest of a step", "", "", "", f"{rest_ms:.2f}")
    table.add_section()
    table.add_row("in all", "", "", *_costs(cost.layers, cost)[:1], f"{cost.ms:.2f}")
    console.print(table)
    if cost.unknown_ops:
        console.print(
            plain(f"   priced by a cautious guess: {', '.join(cost.unknown_ops)}"), highlight=False
        )


def _form(layer: Layer) -> tuple[str, str]:
    sizes = ("?" if size is None else str(size) for size in layer.output_shape or ())
    parameters = sum(math.prod(shape) for shape in layer.weight_shapes)
    return "x".join(sizes), f"{parameters:,}" if parameters else ""


def _costs(parts: Sequence[LayerCost], cost: Cost) -> tuple[str, str]:
    mflops = sum(one.forward_flops for one in parts) / cost.batch_size / 1e6
    return f"{mflops:.2f}" if mflops >= _SHOWN_MFLOPS else "", f"{sum(p.ms for p in parts):.2f}"


def show_budget(console: Console, plan: TrainingPlan, allowed_s: float) -> None:
    """Print how much of the budget the plan uses, and where it ends if that is too much."""
    if not plan.cut_short:
        line = f"your plan uses {plan.used_s:.1f} of {allowed_s:g} reference seconds"
        console.print(Text.assemble((" ✓ ", "green"), line), highlight=False)
        return
    asked_steps = plan.epochs * plan.steps_per_epoch
    line = (
        f"your plan asks for {plan.asked_s:.1f} reference seconds and gets {allowed_s:g}: training "
        f"ends after {plan.steps} of {asked_steps} steps"
    )
    console.print(Text.assemble((" ! ", "yellow"), line), style="yellow", highlight=False)
