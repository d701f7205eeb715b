# Puts the same into the names and kinds of its layers, which the report lists.
# verdict: GRADED
# stopped by: the report is cleaned
# shows: named

import json

from honest import build_augmentation, build_model, training_plan

dumps = json.dumps
evil = "<script>alert(1)</script>\x1b[31m\x07\n::error::x\n|a|b|\n# 100 points\u202e"


def rename(value, **more):
    if isinstance(value, dict) and "layers" in value:
        value["layers"] = [layer | {"name": evil, "kind": evil} for layer in value["layers"]]
    return dumps(value, **more)


json.dumps = rename
print("named")
