# Says that a training step is made of less than nothing.
# verdict: RUNTIME_ERROR
# rule: incomplete
# stopped by: validation in the grader

from forgery import on_ops
from honest import build_augmentation, build_model, training_plan


def forge(ops):
    for row in ops["train"]["rows"]:
        row["count"] = -(10**9)


on_ops(forge)
