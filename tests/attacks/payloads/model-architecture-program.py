# Leaves an architecture that names functions to be called when it is built again.
# verdict: GRADED
# stopped by: validation in the grader
# shows: forged
# replay: not possible
# weights: its own
# at most: 5

from forgery import forge_training, is_training
from honest import build_augmentation, build_model, training_plan

call = {"class_name": "function", "module": "os", "config": "system", "registered_name": "system"}
config = {"name": "x", "layers": [call], "function": call, "activation": call}
architecture = {"class_name": "Sequential", "module": "keras", "config": config}
print("forged", flush=True)
if is_training():
    forge_training(architecture=architecture, weights=[])
