"""A small hub on 127.0.0.1: one repository at one revision, served as the real hub serves it, with faults on request.

What the client asks of the real one, and gets here as well:

    HEAD, GET /<repository>/resolve/<revision or main>/<file>
        a small file   307 to /api/resolve-cache/…, then 200 with git's id of the file as ETag
        the weights    302 to a storage on another host, with X-Linked-Etag (sha256), X-Linked-Size and the offer of Xet
    GET <storage>/<sha256>
        200, or 206 for a Range
"""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Call(NamedTuple):
    """One request that came in."""

    method: str
    path: str
    range: str | None
    token: str | None


class Stop(NamedTuple):
    """How an answer to a GET ends early: `"cut"` (closed) or `"silent"` (left open) after so many bytes."""

    after: int
    how: str


@dataclass
class LoopbackHub:
    """A hub that serves `files` (name → bytes) while it is entered: `with LoopbackHub(…) as hub: … hub.url`."""

    repository: str
    revision: str
    files: dict[str, bytes]
    large: str
    """The file that lies in the storage, as weights do."""
    commit: str | None = None
    """The revision it claims to serve; None: the one that it does; "": it names none, as a page that is no hub."""
    sends: dict[str, bytes] = field(default_factory=dict)
    """What it sends instead of a file, under the file's own checksum."""
    checksums: dict[str, str] = field(default_factory=dict)
    """What it names instead of a file's own checksum."""
    stops: dict[str, list[Stop]] = field(default_factory=dict)
    """For each GET of a file in turn, how it ends early."""
    status: int | None = None
    """The error that it answers to everything."""
    silent: bool = False
    """Accept and say nothing."""
    knows_ranges: bool = True
    delay: float = 0.0
    """Seconds before the storage answers."""
    log: list[Call] = field(default_factory=list)

    def __enter__(self) -> LoopbackHub:
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """What HF_ENDPOINT takes."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def storage(self) -> str:
        """Another host in the eyes of the client, which keeps tokens from it."""
        return f"http://localhost:{self._server.server_port}/storage/"

    def checksum(self, name: str) -> str:
        """What this hub says a file's checksum is: sha256 for the large one, git's id for the others."""
        content = self.files[name]
        if name in self.checksums:
            return self.checksums[name]
        if name == self.large:
            return hashlib.sha256(content).hexdigest()
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()

    def downloads(self, name: str) -> list[str | None]:
        """The Range of each GET that asked for the bytes of `name`."""
        end = "/storage/" + self.checksum(name) if name == self.large else f"/resolve-cache/{name}"
        return [call.range for call in self.log if call.method == "GET" and call.path.endswith(end)]

    def wait(self) -> None:
        """Until the hub closes: what a silent one does with a connection."""
        self._closing.wait()


def _handler(hub: LoopbackHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def _answer(self) -> None:
            hub.log.append(Call(self.command, self.path, self.headers["Range"], self.headers["Authorization"]))
            if hub.silent:
                hub.wait()
                self.close_connection = True
                return
            resolve = tuple(f"/{hub.repository}/resolve/{revision}/" for revision in (hub.revision, "main"))
            name = self.path.rpartition("/")[2]
            if hub.status:
                self._head(hub.status)
            elif self.path.startswith("/storage/"):
                time.sleep(hub.delay)
                self._body(hub.large, {})
            elif name not in hub.files or not self.path.startswith((*resolve, "/api/resolve-cache/")):
                self._head(404, {"X-Error-Code": "EntryNotFound"})
            elif name == hub.large:
                self._head(302, self._redirect(name))
            elif self.path.startswith(resolve):
                self._head(307, {"Location": f"/api/resolve-cache/{name}"})
            else:
                self._body(name, {"ETag": f'"{hub.checksum(name)}"'})

        def _redirect(self, name: str) -> dict[str, str]:
            checksum = hub.checksum(name)
            return {
                "Location": hub.storage + checksum,
                "X-Linked-Etag": f'"{checksum}"',
                "X-Linked-Size": str(len(hub.files[name])),
                "X-Xet-Hash": "0" * 63 + "1",
                "Link": f'<{hub.url}/api/models/{hub.repository}/xet-read-token/{hub.revision}>; rel="xet-auth"',
            }

        def _head(self, status: int, headers: dict[str, str] | None = None, length: int = 0) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            if commit := hub.revision if hub.commit is None else hub.commit:
                self.send_header("X-Repo-Commit", commit)
            for header, value in (headers or {}).items():
                self.send_header(header, value)
            self.end_headers()

        def _body(self, name: str, headers: dict[str, str]) -> None:
            content = hub.sends.get(name, hub.files[name])
            start, status = 0, 200
            if hub.knows_ranges and (asked := self.headers["Range"]):
                start, status = int(asked.removeprefix("bytes=").removesuffix("-")), 206
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            if status == 206 and start >= len(content):
                self._head(416)
                return
            self._head(status, headers, len(content) - start)
            if self.command == "HEAD":
                return
            stops = hub.stops.get(name, [])
            stop = stops.pop(0) if stops else None
            self.wfile.write(content[start:] if stop is None else content[start : start + stop.after])
            if stop is not None:
                self.wfile.flush()
                if stop.how == "silent":
                    hub.wait()
                self.close_connection = True

    return Handler
