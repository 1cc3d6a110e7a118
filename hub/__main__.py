"""`python -m hub`: look whether a class can be held here, say what has to be said, and become JupyterHub.

Run by `make hub`, as root, from the folder of the course.
"""

import argparse
import os
import socket
import sys
from pathlib import Path

from hub import checks, memory, proxy
from hub.settings import COURSE, Settings, hand_over
from hub.users import known_form
from pipeline_helpers.language.choice import LANGUAGES

SIZES = {"M": 1024**2, "G": 1024**3}


def main(arguments: list[str]) -> None:
    """Start the hub; does not return.

    Raises:
        SystemExit: it can't be started, with the sentence that says why.
    """
    if fault := checks.not_root() or checks.not_shareable():
        sys.exit(fault)
    settings = read(arguments)
    try:
        proxy.install()
    except RuntimeError as error:
        sys.exit(str(error))
    if fault := make_folders(settings):
        sys.exit(fault)
    proxy.forget_stale(settings.state / "proxy.pid")
    for sentence in announcements(settings):
        print(sentence, flush=True)
    hand_over(settings)
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"
    os.chdir(settings.state)  # whatever is written without a path, such as dumps, is nobody else's
    config = str(COURSE / "hub" / "jupyterhub_config.py")
    os.execv(sys.executable, [sys.executable, "-m", "jupyterhub", "-f", config])


def read(arguments: list[str]) -> Settings:
    """The class that the command line describes.

    Raises:
        SystemExit: it does not; argparse's sentence says what is wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m hub", description=__doc__.split("\n")[0])
    parser.add_argument("--class", dest="folder", type=Path, default=Path("/srv/pipeline-class"), metavar="FOLDER",
                        help="where the students' folders lie, and the hub's own files; %(default)s")  # fmt: skip
    parser.add_argument("--lang", choices=list(LANGUAGES), default="", help="the language of the class")
    parser.add_argument("--address", default="", help="the address to listen on; all of this machine's")
    parser.add_argument("--port", type=int, default=Settings.port, help="%(default)s; the next two on loopback too")
    parser.add_argument("--memory", type=size, default=Settings.memory, help="for each student: 800M, 2G; 2G")
    parser.add_argument("--idle", type=float, default=Settings.idle, metavar="MINUTES",
                        help="until an idle server is stopped; %(default)s; 0 for never")  # fmt: skip
    parser.add_argument("--names", type=listed, default=(), metavar="FILE", help="who may come in, a name a line")
    parser.add_argument("--teacher", type=names, default=(), metavar="NAME", help="who may see the admin page")
    parser.add_argument("--certificate", type=Path, metavar="FILE", help="for HTTPS, with --key")
    parser.add_argument("--key", type=Path, metavar="FILE")
    parser.add_argument("--prefix", default=Settings.prefix, help="of the students' Unix users; %(default)s")
    given = parser.parse_args(arguments)
    if bool(given.certificate) != bool(given.key):
        parser.error("--certificate and --key go together")
    certificate = (str(given.certificate.resolve()), str(given.key.resolve())) if given.key else ()
    return Settings(str(given.folder.resolve()), given.lang, given.address, given.port, given.memory, given.idle,
                    given.names, given.teacher, certificate, given.prefix)  # fmt: skip


def size(text: str) -> int:
    """Bytes: `800M` or `2G`."""
    number, unit = text[:-1], text[-1:].upper()
    if unit not in SIZES or not number.isdecimal() or int(number) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: write 800M or 2G")
    return int(number) * SIZES[unit]


def names(text: str) -> tuple[str, ...]:
    """Names, one a line or with spaces or commas between them."""
    found = text.replace(",", " ").split()
    if wrong := [name for name in found if known_form(name) != name]:
        raise argparse.ArgumentTypeError(f"{wrong[0]!r} is no name: small letters, digits, - and _, 24 at most")
    return tuple(found)


def listed(file: str) -> tuple[str, ...]:
    """The names in `file`."""
    try:
        found = names(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{file} can't be read: {error.strerror}") from error
    if not found:  # or everybody would be let in
        raise argparse.ArgumentTypeError(f"{file} names nobody")
    return found


def make_folders(settings: Settings) -> str | None:
    """Make what is missing of the class's folder; what is wrong with the rest, where something is."""
    folder = Path(settings.folder)
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if fault := checks.not_shareable([folder]):
        return fault.partition(";")[0] + f": the class needs a folder of root's that all may enter, not {folder}."
    for place, mode in ((settings.homes, 0o711), (settings.state, 0o700)):
        place.mkdir(mode=mode, exist_ok=True)
        place.chmod(mode)
    return None


def announcements(settings: Settings) -> list[str]:
    """What a teacher has to know: where the class goes, who can listen, what is not limited, a first password."""
    from hub.passwords import first_password  # the tests of the command line run where JupyterHub is not installed

    said = [f"For the class: http{'s' if settings.certificate else ''}://{own_address(settings)}:{settings.port}"]
    if not settings.certificate:
        said.append("This is plain HTTP: who listens on the network can read passwords. With HTTPS: certificate= key=")
    if not memory.find_groups(f"pipeline-{settings.prefix.strip('-')}"):
        said.append("No memory limit holds: this system has no memory cgroup that can be written to.")
    first = {name: first_password(settings.passwords, name) for name in settings.teachers}
    return said + [f"For the teacher {name}, a first password: {word}" for name, word in first.items() if word]


def own_address(settings: Settings) -> str:
    """An address by which the class finds this machine: asked of its routes, nothing is sent."""
    if settings.address:
        return settings.address
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.connect(("192.0.2.1", 9))  # an address that is nobody's, by RFC 5737
        except OSError:  # no network at all
            return "127.0.0.1"
        return trial.getsockname()[0]


if __name__ == "__main__":
    main(sys.argv[1:])
