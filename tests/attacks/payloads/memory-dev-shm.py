# Puts files into the memory that all processes share.
# verdict: GRADED
# stopped by: Landlock

import _multiprocessing
import _posixshmem
import os

import insider
from honest import attempt, build_augmentation, build_model, training_plan

for folder in ("/dev/shm", "/run", "/run/shm", "/dev/mqueue", "/dev/hugepages"):
    attempt(folder, lambda: open(f"{folder}/{insider.MARK}", "wb"), 2)
attempt("shm_open", lambda: _posixshmem.shm_open("/" + insider.MARK, os.O_CREAT | os.O_RDWR))
attempt("sem_open", lambda: _multiprocessing.SemLock(1, 1, 1, "/" + insider.MARK, False))
