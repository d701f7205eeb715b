# The same, without asking the kernel first.
# verdict: RUNTIME_ERROR
# rule: crash
# stopped by: the kernel: opened for reading

import ctypes

from honest import build_augmentation, build_model, local, training_plan

ctypes.memset(local("data").train_images.ctypes.data, 0, 1000)
print("GOT IN: the images are black")
