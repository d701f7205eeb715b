# Sends and receives on whatever it was given, descriptors included.
# verdict: GRADED
# stopped by: seccomp

from honest import attempt, build_augmentation, build_model, syscall, training_plan

for descriptor in range(16):
    for call in "sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown".split():
        attempt(f"{call} {descriptor}", lambda: syscall(call, descriptor, bytes(64), 1, 0, 0, 0))
    for call in "getsockopt setsockopt getpeername getsockname".split():
        attempt(
            f"{call} {descriptor}", lambda: syscall(call, descriptor, 1, 1, bytes(64), bytes(8))
        )
