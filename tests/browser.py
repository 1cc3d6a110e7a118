"""A Jupyter server of the tests' own and a real Chromium that looks at it.

One server shows a notebook three ways: in JupyterLab, in Notebook 7 and in Voila. Everything it writes (settings,
workspaces, the language last chosen) goes into a folder that the test run throws away.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
import psutil  # type: ignore[import-untyped]  # comes with ipykernel
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.run_lessons import KERNEL

FRONT_ENDS = ("lab", "notebook", "voila")
PATIENCE = 90_000
"""Milliseconds until something that has to come counts as missing; a slow machine is no error."""
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str | None:
    """The path of a Chromium on this machine, if there is one."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def notebook(folder: Path, name: str, *cells: str) -> str:
    """Write a notebook whose cells are `cells`, prose where they begin with `#` or `<`, and return its name."""
    made = new_notebook(metadata={"kernelspec": KERNEL})
    made.cells = [new_markdown_cell(cell) if cell[0] in "#<" else new_code_cell(cell) for cell in cells]
    nbformat.write(made, folder / name)
    return name


@contextmanager
def jupyter(folder: Path, settings: dict[str, dict] | None = None) -> Iterator[str]:
    """A Jupyter server on loopback that serves `folder`; yields its address.

    Args:
        folder: where the notebooks are; what the server writes goes beside it.
        settings: JupyterLab's settings, by plugin.
    """
    home = folder.with_name(folder.name + "-home")
    for plugin, values in (settings or {}).items():
        extension, name = plugin.split(":")
        file = home / "config" / "lab" / "user-settings" / extension / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    home.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "xdg"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "OMP_NUM_THREADS": "1",
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", f"--port={port}", "--ip=127.0.0.1",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}",
        "--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True",
        "--LabApp.news_url=None", "--VoilaConfiguration.show_tracebacks=True",
    ]  # fmt: skip
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            yield answering(f"http://127.0.0.1:{port}", server, home / "log")
        finally:
            end(server)


def end(server: subprocess.Popen, patience: float = 10) -> None:
    """End a server that has a session of its own; after `patience` seconds it is killed, and its kernels with it.

    Told to end where a kernel is just starting, JupyterLab sometimes stands still. Its kernels have sessions of their
    own, and one that outlives it may hold the pipe that it printed to.
    """
    started = _family(server)
    server.terminate()
    try:
        server.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        started += _family(server)
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        if server.stdout:
            server.stdout.close()
    for process in started:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _family(server: subprocess.Popen) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(server.pid).children(recursive=True)
    return []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answering(url: str, server: subprocess.Popen, log: Path) -> str:
    """Wait until the server at `url` answers; where it has ended instead, its log is the error."""
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/api", timeout=1)
            return url
        except OSError:
            time.sleep(0.1)  # until the port answers; nothing is awaited by the clock after this
    raise RuntimeError(f"the Jupyter server did not start:\n{log.read_text()[-2000:]}")


def open_notebook(page, url: str, name: str, front_end: str = "lab") -> None:
    """Show the notebook `name` in `front_end` and run all of its cells (Voila runs them by itself)."""
    show_notebook(page, url, name, front_end)
    if front_end != "voila":
        run_all(page)


def show_notebook(page, url: str, name: str, front_end: str = "lab") -> None:
    """Show the notebook `name` in `front_end` as it is stored (Voila runs it all the same)."""
    if front_end == "voila":
        page.goto(f"{url}/voila/render/{name}", timeout=PATIENCE)
        return
    workspace = re.sub(r"[./]", "-", name)  # its own; a dot or a slash sends JupyterLab to nowhere
    tree = {"lab": f"lab/workspaces/{workspace}/tree", "notebook": "notebooks"}[front_end]
    page.goto(f"{url}/{tree}/{name}", timeout=PATIENCE)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE)


def expect_none(page, script: str) -> None:
    """Wait until the JavaScript function `script` finds nothing; what it still finds in the end is an error."""
    from playwright.sync_api import TimeoutError as TooLate

    with suppress(TooLate):
        page.wait_for_function(f"() => ({script})().length === 0")
    assert page.evaluate(script) == []


def run_all(page) -> None:
    """Run every cell of the notebook in front, and wait until the last of them has run."""
    page.wait_for_function(
        """() => window.jupyterapp?.commands.isEnabled('notebook:run-all-cells')
            && window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'""",
        timeout=PATIENCE,
    )
    # Asked before the kernel has answered once, JupyterLab 4.6 loses all cells but the first.
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestKernelInfo()")
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(
        """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
            .every(cell => cell.type !== 'code' || cell.executionCount !== null)""",
        timeout=PATIENCE,
    )
