# Says so in numbers whose product no computer holds, with parts that cannot be built again.
# verdict: REJECTED
# rule: too-expensive
# stopped by: validation in the grader

from forgery import on_ops, on_parts
from honest import build_augmentation, build_model, training_plan

huge = [[2**31] * 16]


def forge(ops):
    for one in (ops["train"], ops["predict"]):
        row = {**one["rows"][0], "count": 10**9, "inputs": huge, "outputs": huge}
        one["rows"] = [row] * 1000


on_ops(forge)
on_parts(lambda parts: parts.update(loss={"class_name": "Evil", "config": {}, "module": "os"}))
