# Describes its network in more JSON than the grader should read.
# verdict: RUNTIME_ERROR
# rule: incomplete
# stopped by: validation in the grader

from forgery import on_description
from honest import build_augmentation, build_model, training_plan

on_description(lambda description: description["layers"].extend(description["layers"] * 4000))
