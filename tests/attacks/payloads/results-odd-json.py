# Describes its network with keys twice, NaN, half characters, and a plan that is none.
# verdict: RUNTIME_ERROR
# rule: incomplete
# stopped by: validation in the grader

from forgery import leave
from honest import build_augmentation, build_model, training_plan

leave("description.json", r'{"layers": [], "layers": NaN, "plan": {"\ud800": Infinity}}')
