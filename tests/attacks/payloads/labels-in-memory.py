# Searches all of its own memory for the labels and the secret, whatever holds them there.
# verdict: GRADED
# stopped by: never there
# shows: the training labels are here, as agreed

import ctypes
import gc

import insider
from honest import build_augmentation, build_model, libc, local, training_plan

libc.memmem.restype = ctypes.c_void_p
libc.memmem.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t]


def copies(needle):
    """Yield where the bytes lie, but for the needle itself, of which there must be one."""
    own, size = ctypes.addressof(needle), len(needle)
    for start, end in regions:
        while found := libc.memmem(start, end - start, own, size):
            if found != own:
                yield found
            start = found + 1


def needle_of(numbers):
    needle = ctypes.create_string_buffer(len(numbers))
    for place, number in enumerate(numbers):
        needle[place] = number
    return needle


gc.disable()  # what is on the list of regions has to stay
training = local("data").train_labels[:16]
known = needle_of([(int(label) >> 8 * byte) & 255 for label in training for byte in range(4)])
needles = {name: needle_of(numbers) for name, numbers in insider.NEEDLES.items()}
regions = []
for line in open("/proc/self/maps").read().splitlines():
    span, rights = line.split()[:2]
    if rights.startswith("rw"):
        regions.append([int(address, 16) for address in span.split("-")])
    if "/seal" + "ed/" in line:
        print("GOT IN", line)
if any(copies(known)):
    print("the training labels are here, as agreed")
for name, needle in needles.items():
    for address in copies(needle):
        print("GOT IN", name, hex(address))
gc.enable()
