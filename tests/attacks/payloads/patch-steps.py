# Trains longer than its plan: rewrites the number of steps that the harness was given.
# verdict: GRADED
# stopped by: rlimit on time
# shows: patched
# allowed: a job could compute its weights in any way; how long it may is for the CPU limit
# weights: its own

from honest import build_augmentation, build_model, local, training_plan

arguments = local("a")
object.__setattr__(arguments, "steps", arguments.steps * 3)
print("patched")
