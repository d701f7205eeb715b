# Calls home over TCP and UDP, by hand and through libraries.
# verdict: GRADED
# stopped by: seccomp

import socket
import urllib.request

from honest import attempt, build_augmentation, build_model, training_plan

for family in (socket.AF_INET, socket.AF_INET6):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        attempt(f"{family.name} {kind.name}", lambda: socket.socket(family, kind))
attempt("a connection", lambda: socket.create_connection(("127.0.0.1", 9)))
attempt("a server", lambda: socket.create_server(("", 0)))
attempt("a page", lambda: urllib.request.urlopen("http://127.0.0.1:9/"))
attempt("a name", lambda: socket.getaddrinfo("example.org", 80), *range(-20, 0))
