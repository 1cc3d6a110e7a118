"""Whatever a student's function does, in a real kernel: one sentence, and the next cell runs.

In the main thread, in a subshell of JupyterLab's (a thread of its own), and where there are no alarms, as on Windows.
"""

import contextlib
import queue
import time

import pytest
import torch
from jupyter_client.manager import start_new_kernel

from pipeline_helpers.practice import grade, limits

PATIENCE = 12
START = """
import builtins, signal, sys, time
import pipeline_helpers as ph
from pipeline_helpers.practice import limits
import torch
limits.SECONDS, limits.PATIENCE = 0.5, 0.5
def state():
    return builtins.input, sys.stdout, sys.stderr, signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGINT)
timer = signal.setitimer
ph.check("pad", lambda rows: None)
"""
WITHOUT_ALARMS = "del signal.setitimer"
AS_BEFORE = "signal.setitimer = timer; print('input' if state() != before else 'as before', signal.getitimer(0))"

RIGHT = """
    longest = max(map(len, rows))
    masks = [[1] * len(row) + [0] * (longest - len(row)) for row in rows]
    return [row + [0] * (longest - len(row)) for row in rows], masks
"""
DOES = {
    "loops": ("while True: pass", "seguía trabajando después de 5 segundos con pad("),
    "catches": (
        "while True:\n        try:\n            while True:\n                try:\n"
        "                    while True: pass\n                except: pass\n        except: pass",
        "seguía trabajando después de 5 segundos con pad(",
    ),
    "cleans up": ("while True:\n        try: x = 1\n        finally: x = 2", "seguía trabajando"),
    "prints for ever": ("while True: print('x' * 1000)", "seguía trabajando"),
    "sleeps": ("time.sleep(1.2)", "seguía trabajando"),
    "raises": ("raise KeyError('x')", "La función falla: KeyError: 'x'. Ocurre en la línea raise KeyError('x')"),
    "prints": ("print(rows)", "La función imprime el resultado, pero no devuelve nada"),
    "returns nothing": ("rows = rows", "La función devuelve None"),
    "asks": ("input('?')", "La función pide algo con input()"),
    "reads": ("sys.stdin.readline()", "La función"),
    "exits": ("exit()", "La función intenta cerrar Python"),
    "exits by sys": ("sys.exit(1)", "La función intenta cerrar Python"),
    "changes its inputs": (f"rows.append([101]); rows.pop(); rows[0] = list(rows[0]); rows.sort(key=len){RIGHT}", "✗"),
    "recurs": ("return pad(rows)", "La función falla: RecursionError"),
    "warns": (f"import warnings; warnings.warn('x'){RIGHT}", "✓ pad"),
}


class Kernel:
    """A kernel, and cells in its main thread or in a subshell."""

    def __init__(self):
        self.manager, self.client = start_new_kernel(kernel_name="python3")
        self.subshell = None
        self.execute(START)

    def execute(self, code, wait=True):
        """Run a cell; what it printed and displayed, as text."""
        message = self.client.session.msg("execute_request", {
            "code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
        })  # fmt: skip
        message["header"]["subshell_id"] = self.subshell
        self.client.shell_channel.send(message)
        return self.outputs(message["header"]["msg_id"]) if wait else message["header"]["msg_id"]

    def outputs(self, cell):
        """What the cell of that id brings, until it has ended."""
        found, end = [], time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                message = self.client.get_iopub_msg(timeout=1)
                if message["parent_header"].get("msg_id") != cell:
                    continue
                content = message["content"]
                if message["msg_type"] == "status" and content["execution_state"] == "idle":
                    return "".join(found)
                shown = content.get("data", {}).get("text/plain") or content.get("ename")
                found.append(f"{shown}\n" if shown else content.get("text", ""))
        raise TimeoutError(found)


@pytest.fixture(scope="module")
def kernel():
    made = Kernel()
    yield made
    made.client.stop_channels()
    made.manager.shutdown_kernel(now=True)


@pytest.fixture(params=["main thread", "subshell", "no alarms"])
def where(kernel, request):
    if request.param == "subshell":
        kernel.client.control_channel.send(kernel.client.session.msg("create_subshell_request"))
        kernel.subshell = kernel.client.get_control_msg(timeout=PATIENCE)["content"]["subshell_id"]
    elif request.param == "no alarms":
        kernel.execute(WITHOUT_ALARMS)
    kernel.execute("before = state()")
    yield request.param
    kernel.execute(AS_BEFORE)
    kernel.subshell = None


@pytest.mark.parametrize("does", DOES)
def test_whatever_a_function_does_is_one_sentence_and_the_next_cell_runs(kernel, where, does):
    body, sentence = DOES[does]
    said = kernel.execute(f"def pad(rows):\n    {body}\n\n\nph.check('pad', pad)")
    assert sentence in said
    assert len(said.splitlines()) == 2, said
    assert kernel.execute("print(1 + 1)") == "2\n"
    assert kernel.execute(AS_BEFORE) == "as before (0.0, 0.0)\n"


@pytest.mark.parametrize("alarms", [True, False])
def test_a_keyboard_interrupt_stops_a_check_and_comes_through(kernel, alarms):
    kernel.execute("before = state(); limits.SECONDS = 30; started = []")
    if not alarms:
        kernel.execute(WITHOUT_ALARMS)
    cell = kernel.execute("def pad(rows):\n    while True: started.append(1)\nph.check('pad', pad)", wait=False)
    time.sleep(1)
    kernel.manager.interrupt_kernel()
    assert kernel.outputs(cell) == "KeyboardInterrupt\n"
    assert kernel.execute("count = len(started); time.sleep(0.1); print(count == len(started) > 0)") == "True\n"
    assert kernel.execute(AS_BEFORE) == "as before (0.0, 0.0)\n"
    kernel.execute("limits.SECONDS = 0.5")


def test_gradients_are_as_before_where_they_are_off_when_the_time_is_up(monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 0.2)

    def pad(rows):
        while True:
            with torch.no_grad():
                pass

    for _ in range(5):
        assert grade("pad", pad).mistake == "stopped"
        assert torch.is_grad_enabled()
