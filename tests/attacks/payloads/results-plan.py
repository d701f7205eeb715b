# Says that its plan is minus a million epochs.
# verdict: REJECTED
# rule: training-plan
# stopped by: validation in the grader

from forgery import on_description
from honest import build_augmentation, build_model, training_plan

on_description(lambda description: description["plan"].update(epochs=-(10**6)))
