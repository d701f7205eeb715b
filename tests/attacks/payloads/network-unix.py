# Talks to services of this machine through Unix sockets, abstract ones and pairs.
# verdict: GRADED
# stopped by: seccomp

import socket

from honest import attempt, build_augmentation, build_model, syscall, training_plan

for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    attempt(f"a socket, {kind.name}", lambda: socket.socket(socket.AF_UNIX, kind))
    attempt(f"a pair, {kind.name}", lambda: socket.socketpair(socket.AF_UNIX, kind))
address = b"\1\0" + b"\0abstract"
for descriptor in range(8):
    attempt("connecting", lambda: syscall("connect", descriptor, address, len(address)))
    attempt("binding", lambda: syscall("bind", descriptor, address, len(address)))
    attempt("listening", lambda: syscall("listen", descriptor, 1))
    attempt("accepting", lambda: syscall("accept4", descriptor, 0, 0, 0))
