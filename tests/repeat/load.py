"""Busy loops: processes that do nothing but to take the cores from others."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

# Should we be killed without a chance to end them, they see that their parent has changed.
_LOOP = """
import os
parent = int(os.environ["LOOPS_FOR"])
while os.getppid() == parent:
    for _ in range(1_000_000):
        pass
"""


class Load:
    """Busy loops that run, or ran.

    Attributes:
        cpu_s: CPU seconds that they took; known when they have ended.
    """

    def __init__(self, loops: int) -> None:
        command = [sys.executable, "-S", "-c", _LOOP]
        environment = {"LOOPS_FOR": str(os.getpid())}
        quiet = subprocess.DEVNULL  # after Ctrl-C, each would show its traceback
        self.cpu_s = 0.0
        self._loops: list[subprocess.Popen[bytes]] = []
        try:
            for _ in range(loops):
                self._loops.append(subprocess.Popen(command, env=environment, stderr=quiet))
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """End them, and count what they took."""
        for loop in self._loops:
            loop.kill()
        for loop in self._loops:
            _, status, usage = os.wait4(loop.pid, 0)
            loop.returncode = os.waitstatus_to_exitcode(status)
            self.cpu_s += usage.ru_utime + usage.ru_stime
        self._loops.clear()


@contextlib.contextmanager
def busy(loops: int) -> Iterator[Load]:
    """Keep so many busy loops running."""
    load = Load(loops)
    try:
        yield load
    finally:
        load.end()
