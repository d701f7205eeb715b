# Gives its files names that no program expects.
# verdict: GRADED
# stopped by: the grader copes
# shows: named

import os

from honest import build_augmentation, build_model, training_plan

names = [
    b"\xff\xfe",
    b"new\nline",
    b"\x1b[31mred",
    b"-rf",
    b" ",
    b"*",
    b"$(x)",
    b"a" * 255,
    b"\xe2\x80\xae",
]
for name in names:
    os.mkdir(name)
    os.close(os.open(name + b"/" + name, os.O_CREAT | os.O_WRONLY, 0))
print("named", len(os.listdir(".")))
