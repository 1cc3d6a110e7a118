"""The hub, asked with a limit: what is on this machine is used at once, and a hub that is silent costs seconds.

`huggingface_hub` downloads, keeps and locks. What it leaves to its caller is done here: it retries for most of a minute
where there is no network, and it takes wrong bytes without a word. A download that is cut goes on within the same call;
one that was given up begins anew in the next.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from pipeline_helpers.files import replace_text
from pipeline_helpers.language import say

ANSWER_WITHIN = 5.0  # seconds for the hub's first answer, so that an error is there within 10 on a busy machine too

T = TypeVar("T")


class CheckpointError(OSError):
    """A checkpoint that can't be had; the message says what was tried and what to do."""


class HubUnreachableError(CheckpointError, ConnectionError):
    """The hub did not answer, may not be asked, or fell silent during a download."""


class ChecksumError(CheckpointError):
    """What the hub sent is not what was asked for; it was deleted."""


def load(from_pretrained: Callable[..., T], name: str, **options: Any) -> T:
    """`from_pretrained(name, **options)`: a folder or the cache without asking anybody, else the hub if it is there.

    What is in the cache counts although the hub may have a newer revision: a lesson gives the same in each hour, with
    and without a network.

    Raises:
        HubUnreachableError: it is in no folder and not in the cache, and the hub can't be reached (within 10 seconds),
            or `HF_HUB_OFFLINE` forbids to ask it.
        CheckpointError: what answers is not the hub, or it is overloaded.
        Exception: whatever `from_pretrained` raises.
    """
    if os.path.isdir(name):
        return from_pretrained(name, **options)
    with _client():
        with suppress(Exception):
            return from_pretrained(name, local_files_only=True, **options)
        _ask(name, None, "config.json")
        return from_pretrained(name, **options)


def load_tokenizer(name: str) -> Any:
    """The tokenizer of `name`, found as `load` does.

    Raises:
        OSError: as `load`; and where there is no vocabulary.
    """
    from transformers import AutoTokenizer

    def loading(name: str, **options: Any) -> Any:
        tokenizer = AutoTokenizer.from_pretrained(name, **options)
        if len(tokenizer) <= len(tokenizer.all_special_ids):  # what transformers makes up where it finds no vocabulary
            raise OSError(say("checkpoints.no_vocabulary", name=name))
        return tokenizer

    return load(loading, name)


def download(repository: str, revision: str, files: Mapping[str, str]) -> str:
    """The folder with `files` (name → sha256) of a repository, out of the cache or downloaded, in any case verified.

    Raises:
        HubUnreachableError: a file is missing here and the hub can't be reached (within 10 seconds), or
            `HF_HUB_OFFLINE` forbids to ask it, or it fell silent during the download.
        ChecksumError: a file that came is not the one asked for.
        CheckpointError: the hub has no such file, refuses to give it, or the cache can't be written.
    """
    from huggingface_hub import hf_hub_download

    folder = _folder(repository) / "snapshots" / revision
    # The size and time that the files had when their checksums were compared: 268 MB are hashed once.
    receipt = _folder(repository) / "pipeline_helpers.checked"
    with suppress(OSError, UnicodeDecodeError):
        if receipt.read_text(encoding="utf-8") == _note(folder, files):
            return str(folder)
    try:
        missing = [name for name, checksum in files.items() if not _accept(folder / name, checksum)]
        with _client():
            if missing:
                _ask(repository, revision, missing[0])
            for name in missing:
                hf_hub_download(repository, name, revision=revision, tqdm_class=partial(_bar, name))
                if not _accept(folder / name, files[name]):
                    raise ChecksumError(_explain("wrong_checksum", repository, file=name, checksum=files[name]))
    except CheckpointError:
        raise
    except Exception as error:
        raise _explained(error, repository) from None
    with suppress(OSError):  # a cache that may only be read costs each kernel a second of hashing, not the lesson
        replace_text(receipt, _note(folder, files))
    return str(folder)


def _folder(repository: str) -> Path:
    from huggingface_hub.constants import HF_HUB_CACHE
    from huggingface_hub.file_download import repo_folder_name

    return Path(HF_HUB_CACHE, repo_folder_name(repo_id=repository, repo_type="model"))


def _note(folder: Path, files: Mapping[str, str]) -> str:
    stats = {name: (folder / name).stat() for name in files}
    return "".join(f"{files[name]} {stat.st_size} {stat.st_mtime_ns}\n" for name, stat in stats.items())


def _accept(file: Path, checksum: str) -> bool:
    """Whether `file` is the one with that sha256; another one is deleted, and what it links to."""
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() == checksum:
            return True
    blob = file.resolve()
    file.unlink()
    blob.unlink(missing_ok=True)
    return False


def _bar(name: str, **options: Any) -> Any:
    """The progress bar of the weights.

    Not one of the client's, which transformers' disable_progress_bar() in the lessons switches off: 268 MB without a
    sign of life look like a hang. The environment's word counts.
    """
    from huggingface_hub.constants import HF_HUB_DISABLE_PROGRESS_BARS
    from tqdm.auto import tqdm

    hidden = HF_HUB_DISABLE_PROGRESS_BARS or not name.endswith(".safetensors")
    return tqdm(**options | {"desc": say("checkpoints.downloading", file=name), "disable": hidden})


@contextmanager
def _client() -> Iterator[None]:
    """The client without its warnings, over plain HTTP, and asking the hub nothing but what is wanted.

    Xet's patience with a silent server can't be set; HTTP's can (HF_HUB_DOWNLOAD_TIMEOUT), and each file is there too.
    With telemetry the client asks the hub which program calls it, even for what is in the cache, and waits for that.
    """
    from huggingface_hub import constants
    from huggingface_hub.utils import logging

    level, before = logging.get_verbosity(), (constants.HF_HUB_DISABLE_XET, constants.HF_HUB_DISABLE_TELEMETRY)
    logging.set_verbosity_error()
    constants.HF_HUB_DISABLE_XET = constants.HF_HUB_DISABLE_TELEMETRY = True
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="huggingface_hub")
            yield
    finally:
        logging.set_verbosity(level)
        constants.HF_HUB_DISABLE_XET, constants.HF_HUB_DISABLE_TELEMETRY = before


def _ask(repository: str, revision: str | None, filename: str) -> None:
    """Raise a `CheckpointError` unless the hub is there, from a thread that can be left behind.

    The client's own timeouts count for each step of a request, and none for the resolution of names.
    """
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url

    url = hf_hub_url(repository, filename, revision=revision)  # first: a name that can't be on any hub is refused here
    if constants.is_offline_mode():
        raise HubUnreachableError(_explain("offline", repository))
    answers: SimpleQueue[Any] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(get_hf_file_metadata(url, timeout=ANSWER_WITHIN))
        except Exception as error:
            answers.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=ANSWER_WITHIN)
    except Empty:
        raise HubUnreachableError(_explain("no_answer", repository, seconds=f"{ANSWER_WITHIN:.0f}")) from None
    if isinstance(answer, Exception):
        status = _status(answer)
        if status is None or status == 429 or status >= 500:  # any other: the hub is there, and says no to this file
            raise _explained(answer, repository, "not_connected")
    elif not answer.commit_hash or revision not in (None, answer.commit_hash):
        claims = {"revision": revision or "main", "commit": answer.commit_hash}
        raise CheckpointError(_explain("not_the_hub", repository, **claims))


def _status(error: BaseException | None) -> int | None:
    """The HTTP status that `error`, or what it came from, tells of."""
    while error is not None:
        if (response := getattr(error, "response", None)) is not None:
            return response.status_code
        error = error.__cause__
    return None


def _explained(error: Exception, repository: str, unreachable: str = "cut") -> CheckpointError:
    """What the client's error means, in one sentence."""
    reason = str(error).strip().split("\n")[0] or type(error).__name__
    if (status := _status(error)) is not None:
        return CheckpointError(_explain("refused", repository, status=status))
    if isinstance(error, OSError) and error.errno:  # the disk: full, read-only, somebody else's
        return CheckpointError(_explain("not_writable", repository, reason=reason))
    return HubUnreachableError(_explain(unreachable, repository, reason=reason))


def _explain(key: str, repository: str, **values: Any) -> str:
    from huggingface_hub.constants import ENDPOINT

    values |= {"repository": repository, "hub": ENDPOINT, "folder": _folder(repository)}
    return f"{say(f'checkpoints.{key}', **values)} {say('checkpoints.advice', **values)}"
