# Describes an honest network with a plan of minus a million epochs.
# verdict: REJECTED
# rule: training-plan
# stopped by: validation in the grader

from forgery import forge_description
from honest import build_augmentation, build_model, training_plan

forge_description(plan={"epochs": -(10**6), "batch_size": 43})
