"""A course of one module and no weight, to install, move and break: with the real tools and the real pip.

It is also that course's build backend (a copy of this file lies in it), so it uses the standard library alone.
"""

import os
import zipfile
from pathlib import Path

TOOLS = Path(__file__).parent.parent / "tools"


def small_course(folder: Path, *dependencies: str) -> Path:
    """Write the course into `folder`, with the project's own tools, and return the folder."""
    (folder / "tools").mkdir(parents=True)
    for name in ("make_environment.py", "install_torch.py", "move_environment.py"):
        (folder / "tools" / name).write_bytes((TOOLS / name).read_bytes())
    (folder / "small_course.py").write_bytes(Path(__file__).read_bytes())
    (folder / "pipeline_helpers").mkdir()
    (folder / "pipeline_helpers" / "__init__.py").write_text("def hello():\n    print('hello from', __file__)\n")
    (folder / "pipeline_helpers" / "shared_weights.py").write_text("print('weights shared')\n")
    (folder / "constraints.txt").write_text("torch==1.0\n")
    (folder / "requires.txt").write_text("".join(f"Requires-Dist: {needed}\n" for needed in dependencies))
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "small_course"\nbackend-path = ["."]\n'
        '[project]\nname = "pipeline-helpers"\nversion = "1.0"\n[project.optional-dependencies]\ntest = []\nhub = []\n'
    )
    return folder


def clean(**environment: str) -> dict[str, str]:
    """This process's environment without any setting of pip's, of a proxy or of ours; and `environment`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "PYTHON")) and not name.lower().endswith("_proxy") and name != "TORCH_INDEX"
    }
    return {**kept, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", **environment}


def wheel(folder: str | Path, project: str, version: str, files: dict[str, str], requires: str = "") -> str:
    """Write a wheel with these files into `folder` and return its name."""
    name = f"{project.replace('-', '_')}-{version}"
    info = f"{name}.dist-info"
    extras = "Provides-Extra: test\nProvides-Extra: hub\n"
    about = {
        "METADATA": f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n{extras}{requires}",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "entry_points.txt": "[console_scripts]\ncourse-hello = pipeline_helpers:hello\n",
        "RECORD": "",
    }
    if project != "pipeline-helpers":
        del about["entry_points.txt"]
    with zipfile.ZipFile(Path(folder, f"{name}-py3-none-any.whl"), "w") as made:
        for file, text in {**files, **{f"{info}/{file}": text for file, text in about.items()}}.items():
            entry = zipfile.ZipInfo(file)
            entry.external_attr = (0o100755 if "/scripts/" in file else 0o100644) << 16
            made.writestr(entry, text)
    return f"{name}-py3-none-any.whl"


def build_editable(folder: str, settings: object = None, metadata: object = None) -> str:
    """What pip calls for `pip install -e`: a wheel with the path of the course, and a program of the older kind."""
    older = "#!python\nimport pipeline_helpers\npipeline_helpers.hello()\n"
    files = {
        "_editable_impl_pipeline_helpers.pth": os.getcwd(),
        "pipeline_helpers-1.0.data/scripts/course-older": older,
    }
    return wheel(folder, "pipeline-helpers", "1.0", files, Path("requires.txt").read_text())
