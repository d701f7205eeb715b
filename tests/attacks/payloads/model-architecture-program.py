# Leaves an architecture that names functions to be called when it is built again.
# verdict: GRADED
# stopped by: validation in the grader
# shows: forged
# replay: not possible

from forgery import replace_file
from honest import build_augmentation, build_model, training_plan

call = {"class_name": "function", "module": "os", "config": "system", "registered_name": "system"}
config = {"name": "x", "layers": [call], "function": call, "activation": call}
architecture = {"class_name": "Sequential", "module": "keras", "config": config}
replace_file("architecture.json", architecture)
print("forged")
