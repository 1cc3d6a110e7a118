"""A student in front of a JupyterHub that runs: what the browser sends, without a browser.

Logs in through the form, starts a server, reads and writes files, runs code and moves widgets through the kernel's
websocket, types into a terminal. Nothing is asked twice by the clock: the hub tells of a server's start, the kernel of
its messages. What takes longer than `PATIENCE` is an error.

    async with await Student.login("http://127.0.0.1:8000", "ana", "a password") as ana:
        await ana.start_server()
        async with await ana.start_kernel("notebooks/03_heads.ipynb") as kernel:
            outputs = await kernel.execute("print(1 + 1)")
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any, Self
from urllib.parse import quote, urlencode, urljoin, urlsplit

from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

PATIENCE = 600.0
"""Seconds until something that has to come counts as missing; a slow machine is no error."""
LARGEST = 256 * 1024 * 1024
"""Bytes of the largest message: a lesson's pictures are part of them."""
PROTOCOL = "v1.kernel.websocket.jupyter.org"
"""What JupyterLab speaks with a kernel; jupyter_server's own functions pack and unpack it."""
VIEW = "application/vnd.jupyter.widget-view+json"


class HubError(Exception):
    """The hub or a server refused; `code` is the HTTP status, 599 where there was no answer."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code


class KernelGone(Exception):
    """The kernel died, or its server did."""


class CellError(Exception):
    """A cell raised: the error's name, its text and what Jupyter shows of it."""

    def __init__(self, name: str, value: str, traceback: list[str]) -> None:
        super().__init__(f"{name}: {value}")
        self.name, self.value, self.traceback = name, value, traceback


class Student:
    """One user's browser: cookies, and what can be asked with them. Made by `login`."""

    def __init__(self, url: str, name: str) -> None:
        self.url, self.name = url.rstrip("/"), name
        self.server = f"/user/{quote(name)}"
        self._cookies: dict[tuple[str, str], str] = {}
        self._http = AsyncHTTPClient(force_instance=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the server goes on."""
        self._http.close()

    @classmethod
    async def login(cls, url: str, name: str, password: str) -> Self:
        """Log in through the form of the hub at `url`.

        Raises:
            HubError: 403 where the name or the password is not taken.
        """
        student = cls(url, name)
        try:
            await student._fetch("/hub/login")
            form = {"username": name, "password": password, "_xsrf": student._xsrf("/hub/")}
            answer = await student._fetch("/hub/login", "POST", form=form)
            if answer.code != 302:
                raise HubError(answer.code, _reason(answer))
            await student._visit("/hub/home")
        except BaseException:
            student.close()
            raise
        return student

    async def start_server(self) -> None:
        """Start the student's own server, and enter it.

        Raises:
            HubError: it could not be started; what the hub says of it.
        """
        answer = await self._fetch(f"/hub/api/users/{quote(self.name)}/server", "POST", body={})
        if answer.code not in (201, 202):
            raise HubError(answer.code, _reason(answer))
        if answer.code == 202:
            events = await self._fetch(f"/hub/api/users/{quote(self.name)}/server/progress")
            last = json.loads(re.findall(r"^data: (.*)$", events.body.decode(), re.MULTILINE)[-1])
            if not last.get("ready"):
                raise HubError(500, last["message"])
        await self._visit(f"{self.server}/lab")

    async def stop_server(self) -> None:
        """Stop the server, and wait until it is gone."""
        answer = await self._fetch(f"/hub/api/users/{quote(self.name)}/server", "DELETE")
        if answer.code not in (202, 204):
            raise HubError(answer.code, _reason(answer))
        while answer.code == 202:  # the hub tells of a start as it happens, of a stop only when asked
            user = await self.api("GET", f"/hub/api/users/{quote(self.name)}")
            if not user["pending"] and not user["server"]:
                return
            await asyncio.sleep(0.1)

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        """The file or folder at `path` as the contents API tells of it."""
        return await self.api("GET", f"{self.server}/api/contents/{quote(path)}?{urlencode(query)}")

    async def put(self, path: str, model: dict[str, Any]) -> dict[str, Any]:
        """Save `model`, as the contents API takes it, at `path`."""
        return await self.api("PUT", f"{self.server}/api/contents/{quote(path)}", model)

    async def start_kernel(self, path: str | None = None) -> Kernel:
        """A kernel of one's own, in the folder of the notebook at `path` where one is named."""
        if path is None:
            started = await self.api("POST", f"{self.server}/api/kernels", {"name": "python3"})
        else:
            session = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
            started = (await self.api("POST", f"{self.server}/api/sessions", session))["kernel"]
        return await self.connect(started["id"])

    async def connect(self, kernel: str) -> Kernel:
        """Join the kernel with that id."""
        session = uuid.uuid4().hex
        address = f"{self.server}/api/kernels/{kernel}/channels?session_id={session}"
        return await Kernel.joined(kernel, session, await self._websocket(address, [PROTOCOL]))

    async def terminal(self, command: str) -> str:
        """Type the line `command` into a new terminal; what it prints."""
        name = (await self.api("POST", f"{self.server}/api/terminals"))["name"]
        socket = await self._websocket(f"{self.server}/terminals/websocket/{name}")
        begin, end = uuid.uuid4().hex, uuid.uuid4().hex
        # The halves are put together by printf, so that the terminal's echo of the line is not taken for its output.
        line = f"printf '%s%s' {_halves(begin)}; {command}; printf '%s%s' {_halves(end)}\n"
        await socket.write_message(json.dumps(["stdin", line]))
        heard = ""
        try:
            async with asyncio.timeout(PATIENCE):
                while end not in heard:
                    message = await socket.read_message()
                    if message is None:
                        raise HubError(599, f"the terminal was closed after {heard!r}")
                    kind, *content = json.loads(message)
                    heard += content[0] if kind == "stdout" else ""
        finally:
            socket.close()
        await self.api("DELETE", f"{self.server}/api/terminals/{name}")
        printed = heard.partition(begin)[2].partition(end)[0]
        return re.sub(r"\x1b\[\?2004[hl]", "", printed).replace("\r\n", "\n")

    async def api(self, method: str, path: str, body: Any = None) -> Any:
        """What an API answers, as JSON; None where it answers nothing.

        Raises:
            HubError: the status is not one of success.
        """
        answer = await self._fetch(path, method, body=body)
        if not 200 <= answer.code < 300:
            raise HubError(answer.code, _reason(answer))
        return json.loads(answer.body) if answer.body else None

    # What a browser does by itself.

    async def _visit(self, path: str) -> None:
        """Look at a page, wherever it sends one: between hub and server that is how the right to it is handed over."""
        for _ in range(10):
            answer = await self._fetch(path)
            if answer.code not in (301, 302, 303, 307):
                break
            path = urljoin(self.url + path, answer.headers["Location"]).removeprefix(self.url)
        if answer.code != 200:
            raise HubError(answer.code, _reason(answer))

    async def _fetch(self, path: str, method: str = "GET", *, form: Any = None, body: Any = None) -> HTTPResponse:
        asks = "/api/" in path and "oauth" not in path
        headers = {
            "Sec-Fetch-Mode": "cors" if asks else "navigate",
            "Sec-Fetch-Site": "same-origin",
            "Referer": self.url + path,
            "Cookie": self._cookie(path),
        }
        content = urlencode(form) if form else None
        if asks:
            headers |= {"X-XSRFToken": self._xsrf(path), "Accept": "*/*"}
        if body is not None:
            headers["Content-Type"], content = "application/json", json.dumps(body)
        request = HTTPRequest(
            self.url + path, method, headers, body=content, allow_nonstandard_methods=True, follow_redirects=False,
            connect_timeout=PATIENCE, request_timeout=PATIENCE,
        )  # fmt: skip
        try:
            answer = await self._http.fetch(request, raise_error=False)
        except OSError as error:  # the hub or the proxy is gone
            raise HubError(599, str(error)) from error
        if answer.code == 599:
            raise HubError(599, str(answer.error))
        for header in answer.headers.get_list("Set-Cookie"):
            for key, cookie in SimpleCookie(header).items():
                self._cookies[cookie["path"] or "/", key] = cookie.value
        return answer

    def _cookie(self, path: str) -> str:
        """The cookies that belong to `path`, the most specific first, as a browser sends them."""
        path = urlsplit(path).path
        mine = [(where, f"{key}={value}") for (where, key), value in self._cookies.items() if path.startswith(where)]
        return "; ".join(cookie for _, cookie in sorted(mine, key=lambda pair: -len(pair[0])))

    def _xsrf(self, path: str) -> str:
        found = re.search(r"(?:^|; )_xsrf=([^;]*)", self._cookie(path))
        return found[1] if found else ""

    async def _websocket(self, path: str, protocols: list[str] | None = None) -> WebSocketClientConnection:
        headers = {"Cookie": self._cookie(path), "Origin": self.url, "Sec-Fetch-Mode": "websocket"}
        request = HTTPRequest("ws" + (self.url + path).removeprefix("http"), headers=headers, connect_timeout=PATIENCE)
        return await websocket_connect(request, max_message_size=LARGEST, subprotocols=protocols)


class Kernel:
    """A kernel over its websocket: cells, and the state of its widgets.

    Attributes:
        id: the kernel's id at its server.
        widgets: the state of each widget that was made since one joined, by its id.
    """

    def __init__(self, kernel: str, session: str, socket: WebSocketClientConnection) -> None:
        self.id, self.widgets = kernel, dict[str, dict[str, Any]]()
        self._session, self._socket = session, socket
        self._asked: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self._moved = asyncio.Condition()
        self._gone: str | None = None
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def joined(cls, kernel: str, session: str, socket: WebSocketClientConnection) -> Self:
        """The kernel at the other end of `socket`, when it has answered once."""
        made = cls(kernel, session, socket)
        await made._ask("kernel_info_request", {})
        return made

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Leave the kernel; it goes on."""
        self._socket.close()
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening

    async def execute(self, code: str) -> list[dict[str, Any]]:
        """Run a cell; its outputs as a notebook stores them.

        Raises:
            CellError: the cell raised.
            KernelGone: the kernel or its server died.
        """
        asked = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        outputs: list[dict[str, Any]] = []
        for message in await self._ask("execute_request", asked):
            kind, content = message["header"]["msg_type"], message["content"]
            if kind in ("stream", "display_data", "execute_result"):
                outputs.append({"output_type": kind, **content})
            elif kind == "error":
                raise CellError(content["ename"], content["evalue"], content["traceback"])
        return outputs

    async def set_widget(self, widget: str, **state: Any) -> None:
        """Set traits of a widget as the page does, and wait until the kernel has taken them."""
        await self._ask("comm_msg", {"comm_id": widget, "data": {"method": "update", "state": state}})

    async def until(self, wanted: Callable[[dict[str, dict[str, Any]]], Any], patience: float = PATIENCE) -> Any:
        """Wait until `wanted(self.widgets)` is true, and return it; it is asked again whenever a widget has moved.

        Raises:
            TimeoutError: it did not come.
            KernelGone: the kernel or its server died.
        """
        async with asyncio.timeout(patience), self._moved:
            while not (found := wanted(self.widgets)):
                if self._gone:
                    raise KernelGone(self._gone)
                await self._moved.wait()
        return found

    async def _ask(self, kind: str, content: dict[str, Any]) -> list[dict[str, Any]]:
        """Send a message; all that comes back on it, up to "idle" and, where there is one, the reply."""
        if self._gone:
            raise KernelGone(self._gone)
        name = uuid.uuid4().hex
        header = {"msg_id": name, "msg_type": kind, "session": self._session, "username": "", "version": "5.3",
                  "date": datetime.now(UTC).isoformat()}  # fmt: skip
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        answers: list[dict[str, Any]] = []
        self._asked[name] = asyncio.Queue()
        try:
            await self._socket.write_message(
                serialize_msg_to_ws_v1(message, "shell", lambda part: json.dumps(part).encode()), binary=True
            )
            awaited = {"status", kind.replace("_request", "_reply")} - {"comm_msg"}
            async with asyncio.timeout(PATIENCE):
                while awaited:
                    answer = await self._asked[name].get()
                    if "gone" in answer:
                        raise KernelGone(answer["gone"])
                    answers.append(answer)
                    got = answer["header"]["msg_type"]
                    if got != "status" or answer["content"]["execution_state"] == "idle":
                        awaited.discard(got)
        finally:
            del self._asked[name]
        return answers

    async def _listen(self) -> None:
        while (packed := await self._socket.read_message()) is not None:
            assert isinstance(packed, bytes)
            _, parts = deserialize_msg_from_ws_v1(packed)
            header, parent, _, content = (json.loads(part) for part in parts[:4])
            message = {"header": header, "content": content}
            if header["msg_type"] == "status" and content["execution_state"] in ("dead", "restarting"):
                await self._lost(f"the kernel is {content['execution_state']}")
                return
            if header["msg_type"] in ("comm_open", "comm_msg"):
                async with self._moved:
                    state = self.widgets.setdefault(content["comm_id"], {})
                    if header["msg_type"] == "comm_open" or content["data"].get("method") == "update":
                        state.update(content["data"].get("state", {}))
                    self._moved.notify_all()
            if (waiting := self._asked.get(parent.get("msg_id", ""))) is not None:
                waiting.put_nowait(message)
        await self._lost("the connection to the kernel was closed")

    async def _lost(self, reason: str) -> None:
        self._gone = reason
        for waiting in self._asked.values():
            waiting.put_nowait({"gone": reason})
        async with self._moved:
            self._moved.notify_all()


def view_of(outputs: list[dict[str, Any]]) -> str:
    """The id of the widget that a cell's `outputs` show.

    Raises:
        ValueError: they show none, or several.
    """
    (found,) = [output["data"][VIEW]["model_id"] for output in outputs if VIEW in output.get("data", {})]
    return found


def _halves(word: str) -> str:
    return f"{word[:16]} {word[16:]}"


def _reason(answer: HTTPResponse) -> str:
    """What the page or the API says of the error, on one line."""
    text = answer.body.decode("utf-8", "replace") if answer.body else ""
    with suppress(ValueError, TypeError, KeyError):
        return str(json.loads(text)["message"])
    shown = re.findall(r'class="(?:error|login_error)"[^>]*>(.*?)</', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", " ".join(shown)).split()) or answer.reason
