"""Small files that several kernels write at once."""

from pathlib import Path
from uuid import uuid4


def replace_text(file: Path, text: str) -> None:
    """Put `text` into `file`, whole: who reads at that moment finds what was there before, or this, and no beginning.

    Raises:
        OSError: it can't be written; what was there is still there, and nothing beside it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{uuid4().hex}")  # the same folder: only there is replacing one step
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
