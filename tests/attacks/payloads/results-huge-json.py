# Describes its network in more JSON than the grader should read.
# verdict: RUNTIME_ERROR
# rule: incomplete
# stopped by: validation in the grader

from forgery import LAYER, leave
from honest import build_augmentation, build_model, training_plan

leave({"description.json": {"layers": [LAYER] * 30_000}})
