"""Ports on loopback that stay free until the server that they are meant for has started."""

import contextlib
import secrets
import socket

_RANGE = range(10_000, 32_000)
"""Below the ports that Linux gives to whoever asks for any: a class's kernels and connections take those by the
hundred, and a server that finds its own taken seconds later does not start."""
_given: set[int] = set()


def free_ports(count: int = 1) -> int:
    """The first of `count` ports in a row that nobody listens on, and that this process has not given before."""
    while True:
        first = secrets.choice(_RANGE)
        ports = range(first, first + count)
        if not _given.intersection(ports):
            with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
                for port in ports:
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
                _given.update(ports)
                return first
