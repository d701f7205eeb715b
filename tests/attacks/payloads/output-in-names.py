# Puts the same into the names and kinds of its layers, which the report lists.
# verdict: GRADED
# stopped by: the report is cleaned
# shows: named

from forgery import on_description
from honest import build_augmentation, build_model, training_plan

evil = "<script>alert(1)</script>\x1b[31m\x07\n::error::x\n|a|b|\n# 100 points\u202e ##vso[x]y"


def rename(description):
    for layer in description["layers"]:
        layer.update(name=evil, kind=evil)


on_description(rename)
print("named")
