"""Passwords: the one that a student types the first time is the student's from then on."""

import dbm
import secrets
from typing import Any

import bcrypt
from firstuseauthenticator import FirstUseAuthenticator
from traitlets import Unicode

from hub.users import known_form
from hub.words import words

SHORTEST, LONGEST = 8, 72
"""Letters at least; bytes at most, since bcrypt takes no more."""


class ClassAuthenticator(FirstUseAuthenticator):
    """First-use passwords for names of a strict form.

    Attributes:
        lang: the language of its sentences.
    """

    lang = Unicode("").tag(config=True)
    min_password_length = SHORTEST

    def normalize_username(self, username: str) -> str:
        """The name as it is known here; "" for one that can't be."""
        return known_form(username) or ""

    def validate_username(self, name: str) -> bool:
        """Whether it is a name in its known form: the admin page asks too."""
        return known_form(name) == name

    async def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:
        """The name, where it may come in and the password is its own, or its first.

        What may not come in is sent away before its password is looked at: nothing is stored for it.
        """
        name = self.normalize_username(data["username"])
        if not name:
            handler.custom_login_error = words("name", self.lang)
            return None
        if not self.check_allowed(name):
            handler.custom_login_error = words("not_on_the_list", self.lang)
            return None
        if not self._validate_password(data["password"]):
            handler.custom_login_error = words("password", self.lang).format(shortest=SHORTEST, longest=LONGEST)
            return None
        return await super().authenticate(handler, data | {"username": name})

    def _validate_password(self, password: str) -> bool:
        return len(password) >= SHORTEST and len(password.encode()) <= LONGEST


def first_password(path: str, name: str) -> str | None:
    """Give `name` a password by chance and return it, where it has none yet; None where it has.

    A teacher needs one before the class comes: the first who came in under that name would be the teacher.
    """
    with dbm.open(path, "c", 0o600) as stored:
        if name.encode() in stored:
            return None
        password = secrets.token_urlsafe(9)
        stored[name] = bcrypt.hashpw(password.encode(), bcrypt.gensalt())
    return password
