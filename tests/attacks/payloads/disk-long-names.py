# Makes a file whose path is too long for whoever measures it, in a folder whose path is not.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: watchdog, capped folder

import os
import time

from honest import build_augmentation, build_model, training_plan

home = os.getcwd()
length = len(home)
while length < 3800:
    os.mkdir("x" * 200)
    os.chdir("x" * 200)
    length += 201
open("y" * 255, "w").close()
os.chdir(home)
time.sleep(1)
with open("too much", "wb") as file:
    while True:
        file.write(bytes(1 << 20))
        time.sleep(0.1)
