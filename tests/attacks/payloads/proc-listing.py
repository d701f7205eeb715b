# Lists processes, devices, the system and everybody's folders.
# verdict: GRADED
# stopped by: Landlock

import os

import insider
from honest import attempt, build_augmentation, build_model, training_plan

places = "/ /proc /sys /dev /dev/shm /etc /home /root /run /tmp /var /usr /usr/bin".split()
for place in (*places, "..", os.path.dirname(os.getcwd()), insider.CLASS, insider.RESULTS):
    attempt(f"listing {place}", lambda: os.listdir(place))
for path in ("/etc/passwd", "/etc/shadow", "/proc/cpuinfo", "/proc/meminfo", "/proc/net/tcp"):
    attempt(f"reading {path}", lambda: open(path).read(), 2)
