"""The choice of a checkpoint: a name → something that `from_pretrained()` takes.

    checkpoint()          the classroom checkpoint, a folder in this package: at once, offline
    checkpoint("sst2")    the published one: from the hub once, from then on out of the cache
    checkpoint("…")       any other string, as it is: a hub id or a folder

The published one lies where `huggingface_hub` keeps it, in its layout, so transformers finds it too. What the client
leaves to its caller is done here: a hub that does not answer costs seconds and not minutes; a download that was cut
goes on where it stopped, in the next kernel too; and no file counts before its checksum is the one the hub names.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NoReturn

from pipeline_helpers.language import say

ENVIRONMENT = "PIPELINE_HELPERS_CHECKPOINT"

REPOSITORY = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
REVISION = "714eb0fa89d2f80546fda750413ed43d93601a13"  # the one that transformers' pipeline() pins, as 714eb0f
WEIGHTS = "model.safetensors"
FILES = ("config.json", "tokenizer_config.json", "vocab.txt", WEIGHTS)  # there is no tokenizer.json at this revision

ANSWER_WITHIN = 6.0  # seconds for the hub's first answer, so that an error is there within 10 on a busy machine too
ATTEMPTS = 3  # cuts in a row that brought no new byte, before a download is given up
PAUSE = 1.0  # seconds between them


class CheckpointError(OSError):
    """A checkpoint that can't be had; the message says what was tried and what to do."""


class HubUnreachableError(CheckpointError, ConnectionError):
    """The hub did not answer, may not be asked, or fell silent during a download."""


class ChecksumError(CheckpointError):
    """What the hub sent is not what it names; it was deleted."""


def checkpoint(name: str | None = None) -> str:
    """The checkpoint called `name`, as something that any `from_pretrained()` and `pipeline(model=…)` takes.

    Args:
        name: `"classroom"`, the course's own checkpoint (a folder in this package); `"sst2"`, the published
            DistilBERT fine-tuned on SST-2 at its pinned revision (268 MB, downloaded once, then found offline); any
            other string comes back as it is. None: what `PIPELINE_HELPERS_CHECKPOINT` says, else `"classroom"`.

    Raises:
        TypeError: `name` is no string.
        ValueError: `name` is empty.
        HubUnreachableError: `"sst2"` is not cached and the hub can't be reached (within 10 seconds), or
            `HF_HUB_OFFLINE` forbids to ask it, or it fell silent during the download.
        ChecksumError: a file is not the one that the hub names.
        CheckpointError: the hub has no such file, refuses to give it, or the cache can't be written.
    """
    if name is None:
        name = os.environ.get(ENVIRONMENT, "").strip() or "classroom"
    if not isinstance(name, str):
        raise TypeError(say("checkpoints.not_a_string", kind=type(name).__name__))
    if not name.strip():
        raise ValueError(say("checkpoints.empty", name=name))
    if name == "classroom":
        return str(files("pipeline_helpers") / "classroom")
    return _published() if name == "sst2" else name


def _published() -> str:
    """The folder with the published checkpoint, downloaded when it is not there yet."""
    deadline = time.monotonic() + ANSWER_WITHIN
    # The client is loaded here, not above: it takes a third of a second, and its environment is read at that moment.
    from huggingface_hub.utils import WeakFileLock

    cache = _Cache()
    try:
        if cache.is_complete():
            return str(cache.snapshot)
        answer = _ask(FILES[0], cache, max(deadline - time.monotonic(), 1.0))
        cache.make_folders()
        # Several kernels of one class may ask at once: the others wait for the first one's download.
        with WeakFileLock(cache.lock):
            if not cache.is_complete():
                for filename in FILES:
                    _fetch(filename, answer or _ask(filename, cache, ANSWER_WITHIN), cache)
                    answer = None
                cache.write_receipt()
    except CheckpointError:
        raise
    except OSError as error:  # what is left is the disk: full, read-only, somebody else's
        raise CheckpointError(say("checkpoints.not_writable", folder=cache.folder, reason=_first_line(error))) from None
    return str(cache.snapshot)


class _Cache:
    """The published checkpoint's folder in the hub's cache, and the receipt of what was checked there.

    `snapshots/<revision>/<file>` links to `blobs/<the checksum that the hub names>`, as the client has it. The receipt
    notes each file's checksum with the size and time that the file had when it was compared: 268 MB are hashed once,
    and again only after something has touched them.
    """

    def __init__(self) -> None:
        from huggingface_hub import constants

        hub_cache = Path(constants.HF_HUB_CACHE)
        self.endpoint: str = constants.ENDPOINT
        self.folder = hub_cache / f"models--{REPOSITORY.replace('/', '--')}"
        self.lock = hub_cache / ".locks" / self.folder.name / "pipeline_helpers.lock"
        self.snapshot = self.folder / "snapshots" / REVISION
        self.blobs = self.folder / "blobs"
        self._links = not constants.HF_HUB_DISABLE_SYMLINKS
        self._receipt_file = self.folder / "pipeline_helpers.json"
        self._receipt: dict[str, dict[str, Any]] = {}

    def make_folders(self) -> None:
        for folder in (self.lock.parent, self.blobs, self.snapshot):
            folder.mkdir(parents=True, exist_ok=True)

    def is_complete(self) -> bool:
        """Whether each file is there and checked. What others have put there is checked now, without a network."""
        before = self._receipt = self._read_receipt()
        self._receipt = dict(before)
        complete = all([self._is_checked(filename) for filename in FILES])
        if complete and self._receipt != before:
            self.write_receipt()
        return complete

    def _is_checked(self, filename: str) -> bool:
        noted = self._receipt.get(filename)
        if noted and noted == self._note(filename, noted["checksum"]):
            return True
        checksum = noted["checksum"] if noted else self._name_of_blob(filename)
        return _is_checksum(checksum, filename) and self.accept(filename, checksum)

    def accept(self, filename: str, checksum: str) -> bool:
        """Note the file when it is what `checksum` says; throw it away when it is not."""
        file = self.snapshot / filename
        if file.is_file() and _matches(file, checksum):
            self._receipt[filename] = self._note(filename, checksum)
            return True
        if blob := self._name_of_blob(filename):
            (self.blobs / blob).unlink(missing_ok=True)
        file.unlink(missing_ok=True)
        return False

    def place(self, filename: str, blob: Path) -> None:
        """Give a checked `blob` its name in the snapshot."""
        file = self.snapshot / filename
        file.unlink(missing_ok=True)
        try:
            if not self._links:
                raise OSError
            file.symlink_to(os.path.relpath(blob, self.snapshot))
        except OSError:  # Windows without the right to make links: the file itself, as the client does there
            os.replace(blob, file)

    def write_receipt(self) -> None:
        # A cache that may only be read costs each kernel a second of hashing, not the lesson.
        with suppress(OSError):
            draft = self._receipt_file.with_suffix(f".{os.getpid()}.tmp")
            draft.write_text(json.dumps(self._receipt, indent=1), encoding="utf-8")
            os.replace(draft, self._receipt_file)

    def _read_receipt(self) -> dict[str, dict[str, Any]]:
        try:
            receipt = json.loads(self._receipt_file.read_text(encoding="utf-8"))
            return {name: note for name, note in receipt.items() if _is_checksum(note["checksum"], name)}
        except (OSError, ValueError, AttributeError, KeyError, TypeError):
            return {}

    def _note(self, filename: str, checksum: str) -> dict[str, Any]:
        with suppress(OSError):
            stat = (self.snapshot / filename).stat()
            return {"checksum": checksum, "size": stat.st_size, "modified": stat.st_mtime_ns}
        return {}

    def _name_of_blob(self, filename: str) -> str:
        """The checksum under which the client filed it; empty where there is no link to read it from."""
        with suppress(OSError):
            return Path(os.readlink(self.snapshot / filename)).name
        return ""


def _is_checksum(text: object, filename: str) -> bool:
    """Whether `text` is something to compare `filename` with: for the weights a sha256, for others git's id as well."""
    return isinstance(text, str) and bool(
        re.fullmatch("[0-9a-f]{64}" if filename == WEIGHTS else "[0-9a-f]{40}|[0-9a-f]{64}", text)
    )


def _matches(file: Path, checksum: str) -> bool:
    if len(checksum) == 64:
        return _sha256(file) == checksum
    content = file.read_bytes()
    # git's id of a file is the sha1 of a header and the file; a mirror that knows no git may name the plain one.
    return checksum in (_sha1(b"blob %d\0" % len(content) + content), _sha1(content))


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _ask(filename: str, cache: _Cache, seconds: float) -> Any:
    """What the hub says of a file (checksum, size), within `seconds`, from a thread that can be left behind.

    The client's own timeouts count for each step of a request, and none for the resolution of names.
    """
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url

    if constants.is_offline_mode():
        raise HubUnreachableError(_explain("offline", cache))
    answers: SimpleQueue[Any] = SimpleQueue()

    def ask() -> None:
        try:
            url = hf_hub_url(REPOSITORY, filename, revision=REVISION)
            answers.put(get_hf_file_metadata(url, timeout=seconds + 1))
        except Exception as error:
            answers.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise HubUnreachableError(_explain("no_answer", cache, seconds=f"{seconds:.0f}")) from None
    if isinstance(answer, Exception):
        _raise_for(answer, filename, cache)
    if answer.commit_hash != REVISION:
        raise CheckpointError(_explain("not_the_hub", cache, commit=answer.commit_hash))
    return answer


def _raise_for(error: Exception, filename: str, cache: _Cache) -> NoReturn:
    """Say in one sentence what the client's error means."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == 404:
        raise CheckpointError(_explain("not_there", cache, file=filename)) from None
    if status is not None:
        raise CheckpointError(_explain("refused", cache, file=filename, status=status)) from None
    raise HubUnreachableError(_explain("not_connected", cache, reason=_first_line(error))) from None


def _explain(key: str, cache: _Cache, **values: Any) -> str:
    what = say(f"checkpoints.{key}", hub=cache.endpoint, repository=REPOSITORY, revision=REVISION, **values)
    return f"{what} {say('checkpoints.advice', folder=cache.folder)}"


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__


def _fetch(filename: str, answer: Any, cache: _Cache) -> None:
    """Bring one file into the snapshot, unless what lies there is already what the hub names."""
    checksum = answer.etag or ""
    comparable = _is_checksum(checksum, filename)
    if comparable and cache.accept(filename, checksum):
        return
    if filename == WEIGHTS and not comparable:
        raise ChecksumError(_explain("no_checksum", cache, file=filename))
    part = cache.blobs / f"{checksum if comparable else _sha1(checksum.encode())}.part"
    _receive(filename, part, answer.size, cache)
    if not comparable:  # a small file to which a mirror puts a mark of its own: its length was checked on the way
        checksum = _sha256(part)
    if not _matches(part, checksum):
        part.unlink()
        raise ChecksumError(_explain("wrong_checksum", cache, file=filename, checksum=checksum))
    blob = part.with_suffix("")
    os.replace(part, blob)
    cache.place(filename, blob)
    cache.accept(filename, checksum)


def _receive(filename: str, part: Path, size: int | None, cache: _Cache) -> None:
    """Download into `part`, from where it ends, as often as that brings something new.

    Plain HTTP, although the client would take Xet where the hub offers it: 2.4 downloads into a file with a random
    name and deletes it at the first error, so nothing is left to go on from, and Xet's patience with a silent server
    can't be set. The hub gives every file over HTTP too, and the sha256 that it names is of the same bytes.
    """
    from huggingface_hub import constants
    from tqdm.auto import tqdm

    # transformers' disable_progress_bar(), which the lessons call, switches the client's bars off too: this is not one
    # of them, since 268 MB without a sign of life look like a hang. The environment's word counts.
    hidden = constants.HF_HUB_DISABLE_PROGRESS_BARS or filename != WEIGHTS
    title = say("checkpoints.downloading", file=filename)
    attempts, furthest = ATTEMPTS, _size(part)
    with tqdm(total=size, unit="B", unit_scale=True, desc=title, disable=hidden) as bar:
        while True:
            try:
                if _size(part) != size:
                    _stream(filename, part, size, bar)
                if _size(part) == size or (size is None and part.exists()):
                    return
                reason = say("checkpoints.too_short")
            except OSError as error:
                if not hasattr(error, "response"):
                    raise
                _raise_for(error, filename, cache)
            except Exception as error:  # of the HTTP library below the client: cut, reset, timed out
                reason = _first_line(error)
            # Against the furthest it ever came: a server that starts anew each time must not keep us for ever.
            attempts = ATTEMPTS if _size(part) > furthest else attempts - 1
            furthest = max(furthest, _size(part))
            if not attempts:
                have, of = f"{_size(part):,}", "?" if size is None else f"{size:,}"
                raise HubUnreachableError(_explain("cut", cache, file=filename, have=have, of=of, reason=reason))
            time.sleep(PAUSE)


def _stream(filename: str, part: Path, size: int | None, bar: Any) -> None:
    """One request for what `part` still lacks."""
    from huggingface_hub import constants, hf_hub_url
    from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

    if size is not None and _size(part) > size:
        part.unlink()
    have = _size(part)
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}  # compressed bytes have no place to go on from
    if have:
        headers["Range"] = f"bytes={have}-"
    url = hf_hub_url(REPOSITORY, filename, revision=REVISION)
    with get_session().stream("GET", url, headers=headers, timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT) as response:
        if response.status_code == 416:
            part.unlink()
            return
        hf_raise_for_status(response)
        goes_on = response.status_code == 206  # a server may answer 200 and the whole file
        bar.update((have if goes_on else 0) - bar.n)
        with part.open("ab" if goes_on else "wb") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)
                bar.update(len(chunk))


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
