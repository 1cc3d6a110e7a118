"""Names that may come in, and the Unix user behind each."""

import asyncio
import os
import pwd
import re
from pathlib import Path

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")
"""What a name may be. It is part of a Unix user's name (32 letters at most), of a path and of an address."""
_one_at_a_time = asyncio.Lock()


def known_form(typed: str) -> str | None:
    """The name that `typed` stands for: in small letters, without spaces around it; None where it can't be one.

    Letters beyond ASCII are refused before anything is made small: a Kelvin sign's small letter is an ordinary k, and
    two names must never mean one student.
    """
    name = typed.strip(" ")
    if not name.isascii() or not NAME.fullmatch(name.lower()):
        return None
    return name.lower()


def unix_name(name: str, prefix: str) -> str:
    """The Unix user of the student `name`. The prefix keeps `root`, `daemon` and `games` what they are."""
    if known_form(name) != name:
        raise ValueError(f"{name!r} is no name of a student: small letters, digits, - and _, 24 at most")
    return prefix + name


async def unix_user(name: str, prefix: str, homes: Path) -> pwd.struct_passwd:
    """The Unix user of the student `name`, made with a folder of mode 0700 in `homes` where it is missing.

    Raises:
        RuntimeError: the machine has a user of that name that is not ours, or refuses to make one.
    """
    user, home = unix_name(name, prefix), homes / unix_name(name, prefix)
    async with _one_at_a_time:  # useradd locks the list of users and fails when thirty want it at once
        try:
            entry = pwd.getpwnam(user)
        except KeyError:
            await _run("useradd", "--home-dir", str(home), "--no-create-home", "--user-group", "--shell", "/bin/bash",
                       "--comment", f"student {name}", user)  # fmt: skip
            entry = pwd.getpwnam(user)
        if entry.pw_dir != str(home) or entry.pw_uid == 0:
            raise RuntimeError(f"This machine has a user {user} already, with another folder: {entry.pw_dir}")
        if not home.exists():
            home.mkdir(mode=0o700)
            os.chown(home, entry.pw_uid, entry.pw_gid)
    return entry


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} made no user {command[-1]}: {said.decode(errors='replace').strip()}")
