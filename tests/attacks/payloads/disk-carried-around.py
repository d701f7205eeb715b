# Sees by the times of a folder that it is being measured, and carries its files there from where
# nobody has looked yet.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: watchdog, capped folder

import os
import time

from honest import build_augmentation, build_model, training_plan

for name in "pq":
    os.mkdir(name)
# The watchdog looks last where it was told to look first.
second, first = (entry.name for entry in os.scandir("."))
for number in range(900):  # to keep it busy
    open(f"{first}/{number}", "w").close()


def carry(source, target):
    for number in range(carried):
        os.rename(f"{source}/large-{number}", f"{target}/large-{number}")


carried = 0
for _ in range(40):
    until = time.monotonic() + 0.3  # where nobody looks, there is no need to carry
    seen = os.stat(first).st_atime_ns
    while os.stat(first).st_atime_ns == seen and time.monotonic() < until:
        time.sleep(0.0002)
    carry(second, first)
    time.sleep(0.03)
    carry(first, second)
    with open(f"{second}/large-{carried}", "wb") as file:
        file.write(bytes(1 << 20))
    carried += 1
    open(f"{first}/again", "w").close()  # the next look will be noted
    os.unlink(f"{first}/again")
print("GOT " + "IN: hidden", carried, "MiB")
