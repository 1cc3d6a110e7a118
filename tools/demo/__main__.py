"""The page for a lecture: the live views in large letters, no code. `make demo` opens it.

    python -m tools.demo [what voila takes: --no-browser --port 8890 …]

It opens in the class's language: `PIPELINE_HELPERS_LANG`, or what was chosen last.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline_helpers.language import current_language

FOLDER = Path(__file__).parent
NOTEBOOK = FOLDER / "demo.ipynb"


def arguments(lang: str) -> list[str]:
    """How Voila, and a Jupyter server that carries it, are told of the page's template and language."""
    return ["--VoilaConfiguration.template=demo", f"--VoilaExporter.language_code={lang}"]


def templates(environment: dict[str, str]) -> dict[str, str]:
    """`environment`, in which Jupyter also looks for templates in this folder."""
    paths = [str(FOLDER), *filter(None, [environment.get("JUPYTER_PATH")])]
    return {**environment, "JUPYTER_PATH": os.pathsep.join(paths)}


def main(argv: Sequence[str]) -> None:
    os.environ.update(templates(dict(os.environ)))
    from voila.app import Voila  # type: ignore[import-untyped]  # reads the paths as it is imported

    Voila.launch_instance([*arguments(current_language()), *argv, str(NOTEBOOK)])


if __name__ == "__main__":
    main(sys.argv[1:])
