"""Package indexes on this machine: a good one, and those that a probe has to get away from."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote


@contextmanager
def index(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve the wheels of `folder`; yields the index's address and the list of what it has been asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path)
            asked.append(path)
            file = folder / path.lstrip("/")
            if file.suffix == ".whl" and file.is_file():
                self._send(200, file.read_bytes(), "application/zip")
                return
            project = path.strip("/").replace("-", "_")
            wheels = sorted(wheel.name for wheel in folder.glob(f"{project}-*.whl"))
            page = "".join(f'<a href="/{quote(name)}">{name}</a><br>' for name in wheels)
            self._send(200 if wheels else 404, f"<!DOCTYPE html><html><body>{page}</body></html>".encode(), "text/html")

        def _send(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def silent() -> Iterator[str]:
    """The address of a server that takes a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def refusing() -> Iterator[str]:
    """An address where nobody listens, kept so."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@contextmanager
def dripping(page: bytes, pause: float) -> Iterator[str]:
    """The address of a server that sends `page`, a good answer, one byte each `pause` seconds."""
    over = threading.Event()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page) + page

    def drip() -> None:
        with suppress(OSError), server.accept()[0] as client:  # whoever asked may have left
            client.recv(65536)
            for byte in answer:
                client.sendall(bytes([byte]))
                if over.wait(pause):
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        over.set()
        thread.join()
