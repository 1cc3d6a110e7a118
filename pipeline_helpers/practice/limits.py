"""Somebody else's function, run so that the kernel outlives it: stopped in time, silent, and asking nobody.

In the main thread an alarm stops it, wherever Python runs alarms (not on Windows). Elsewhere, as in JupyterLab's
subshells, it runs in a thread of its own, which is told to stop and, where it does not listen, left behind.
"""

import builtins
import ctypes
import io
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any

SECONDS = 5.0
REPEAT = 1e-4
"""Seconds between alarms: code that catches every exception is left when one comes while it handles the one before."""
PATIENCE = 2.0
"""Seconds for a thread that was told to stop."""
MOST_PRINTED = 10_000


class Stopped(BaseException):
    """The time is up. No `Exception`: what a student's code may well catch is not this."""


class Asked(Exception):
    """`input` was called."""


def limited(work: Callable[[], None], seconds: float) -> bool:
    """Run `work()`; False where it had to be stopped, since it was not done `seconds` after it began.

    `work` raises nothing but `Stopped`. One call into C is not broken off: in the main thread it ends first, in any
    other it goes on behind.
    """
    alarms = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    return _by_alarm(work, seconds) if alarms else _in_a_thread(work, seconds)


def _by_alarm(work: Callable[[], None], seconds: float) -> bool:
    here, running = _by_alarm.__code__, True

    def ring(_: int, frame: Any) -> None:
        # No loop and no call in here: the next alarm would come in between, and not in the code that is to be left.
        if running and frame.f_code is not here:
            raise Stopped

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT)
        work()
        running = False
        return True
    except Stopped:
        running = False
        return False
    finally:
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _in_a_thread(work: Callable[[], None], seconds: float) -> bool:
    done, ended = False, threading.Event()  # an interrupted join() calls a thread ended that is not (bpo-45274)

    def target() -> None:
        nonlocal done
        with suppress(Stopped):
            try:
                work()
                done = True
            finally:
                ended.set()

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    try:
        ended.wait(seconds)
    finally:  # also where the reader interrupts the cell
        patience = time.monotonic() + PATIENCE
        while not ended.is_set() and time.monotonic() < patience:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Stopped))
            ended.wait(REPEAT)
    return done


class Printed(io.StringIO):
    """What was printed, up to a limit: a loop prints for seconds."""

    def write(self, text: str) -> int:
        """As of any file."""
        if self.tell() < MOST_PRINTED:
            super().write(text[:MOST_PRINTED])
        return len(text)


_one_at_a_time = threading.RLock()


@contextmanager
def silent() -> Iterator[Printed]:
    """Nothing that runs inside reaches the page, and `input` raises `Asked` instead of waiting; yields what is printed.

    The kernel's own `input`, `print` and warnings come back afterwards, in whichever thread, and gradients: where
    an alarm breaks off a `torch.no_grad()` at its very end, they would stay off.
    """

    def refuse(*_: object) -> str:
        raise Asked

    torch = sys.modules.get("torch")
    gradients = torch is not None and torch.is_grad_enabled()
    with _one_at_a_time:
        before, builtins.input = builtins.input, refuse
        try:
            with warnings.catch_warnings(), redirect_stdout(Printed()) as printed, redirect_stderr(Printed()):
                warnings.simplefilter("ignore")
                yield printed
        finally:
            builtins.input = before
            if torch is not None:
                torch.set_grad_enabled(gradients)
