"""What holds for every file, and that the run itself notices a test that was skipped or wants a second try."""

import ast
import dataclasses
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("pipeline_helpers", "tools", "tests", "benchmarks")
FILES = sorted(path for name in OURS for path in (ROOT / name).rglob("*.py"))
MAY_BE_REACHED = {f"choice.{name}" for name in ("_chosen", "_listeners", "_memory", "_remember", "_remembered")}
MAY_BE_REACHED |= {"progress._memory", "feedback._hints_given", "feedback._wrong_tries"}
"""What tests put aside: each begins with no choice of a language, and remembers none in the reader's own folder."""


def private_names(source):
    """The private names of other modules of ours that `source` imports, or reaches into a module for."""

    def private(name):
        return name.startswith("_") and not name.startswith("__")

    tree = ast.parse(source)
    found, modules = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.level or str(node.module).split(".")[0] in OURS):
            found |= {f"{node.module}.{alias.name}" for alias in node.names if private(alias.name)}
            modules |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name for alias in node.names if alias.name.split(".")[0] in OURS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and private(node.attr) and ast.unparse(node.value) in modules:
            found.add(ast.unparse(node))
        # monkeypatch.setattr(module, "_name", …), and "module._name" in one text
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("setattr", "delattr", "getattr"):
            match node.args:
                case [ast.Constant(str(path)), *_] if path.split(".")[0] in OURS and private(path.split(".")[-1]):
                    found.add(path)
                case [module, ast.Constant(str(name)), *_] if ast.unparse(module) in modules and private(name):
                    found.add(f"{ast.unparse(module)}.{name}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_private_name_of_another_module_is_used(path):
    found = private_names(path.read_text(encoding="utf-8"))
    assert found - (MAY_BE_REACHED if "tests" in path.parts else set()) == set()


def test_private_names_are_seen_however_they_are_reached():
    source = """
import tools.made as made
from pipeline_helpers.live import base, _one
from tests import choice
base._two; made._three(); self._mine; base.__doc__; base.public._four
monkeypatch.setattr(choice, "_five", 1); monkeypatch.setattr("tools.made._six", 1)
monkeypatch.setattr(made, "seven", 1)
"""
    names = {"pipeline_helpers.live._one", "base._two", "made._three", "choice._five", "tools.made._six"}
    assert private_names(source) == names


def run(folder, source, **environment):
    """pytest on a file of `source`, with our configuration and our conftest."""
    (folder / "test_made.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-q", "-c", ROOT / "pyproject.toml", "-p", "tests.conftest", folder]
    environment = {key: value for key, value in os.environ.items() if key != "CI"} | environment
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


SKIPPED = """
import pytest

def test_that_needs_a_browser():
    pytest.skip("no Chromium")

def test_that_needs_the_hub():
    pytest.skip("the published checkpoint is not here")
"""
FLAKY = """
import pytest

@pytest.mark.flaky(reruns=2)
def test_it(tries=[]):
    tries.append(1)
    assert len(tries) == 2
"""


def test_a_skipped_test_fails_on_ci_and_is_named(tmp_path):
    assert run(tmp_path, SKIPPED).returncode == 0
    on_ci = run(tmp_path, SKIPPED, CI="true")
    assert on_ci.returncode == pytest.ExitCode.TESTS_FAILED
    assert "test_made.py::test_that_needs_a_browser: Skipped: no Chromium" in on_ci.stdout
    assert "test_that_needs_the_hub:" not in on_ci.stdout


def test_a_test_gets_no_second_try(tmp_path):
    done = run(tmp_path, FLAKY)
    assert done.returncode != 0
    assert "'flaky' not found in `markers`" in done.stdout


def dataclasses_of_arrays():
    """The dataclasses of the package that hold an array or a tensor, or something that does."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in FILES if "pipeline_helpers" in str(path)
    ]
    classes = {
        value.__name__: value
        for module in modules
        for value in vars(importlib.import_module(module.removesuffix(".__init__"))).values()
        if isinstance(value, type) and dataclasses.is_dataclass(value)
    }
    holding = "ndarray|Tensor"
    while True:
        found = {
            name for name, value in classes.items()
            if any(re.search(rf"\b({holding})\b", str(field.type)) for field in dataclasses.fields(value))
        }  # fmt: skip
        if found <= set(holding.split("|")):
            return [classes[name] for name in sorted(found)]
        holding = "|".join({*holding.split("|"), *found})


def test_what_holds_arrays_is_compared_by_identity():
    """Arrays compared are an array, and no yes or no: `trace in traces` would be an error."""
    found = dataclasses_of_arrays()
    assert {"Trace", "HeadRun", "SoftmaxSteps", "PipelineColumns"} <= {one.__name__ for one in found}
    assert [one.__name__ for one in found if one.__eq__ is not object.__eq__] == []
