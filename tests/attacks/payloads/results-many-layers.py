# Describes a network of more layers than anybody would list, in little JSON.
# verdict: RUNTIME_ERROR
# rule: incomplete
# stopped by: validation in the grader

from forgery import on_description
from honest import build_augmentation, build_model, training_plan

on_description(lambda description: description.update(layers=description["layers"][:1] * 5001))
