# Tries every family of sockets: netlink, vsock, packet, crypto, Bluetooth and the rest.
# verdict: GRADED
# stopped by: seccomp

from honest import attempt, build_augmentation, build_model, syscall, training_plan

for family in range(48):
    for kind in (1, 2, 3, 5):
        attempt(f"family {family}, kind {kind}", lambda: syscall("socket", family, kind, 0))
for high in (1 << 32, 1 << 40):
    attempt("a high bit", lambda: syscall("socket", 2 | high, 1, 0))
