# Claims to be out of memory, and dies of it.
# verdict: MEMORY_LIMIT
# rule: memory-limit
# stopped by: validation in the grader

import os

from honest import build_augmentation, build_model, training_plan

os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'\n")
os.abort()
