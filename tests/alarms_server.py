"""Serves alarms over a socket: in a thread, or as a program that ends when its input does."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from liars.writes.server import Asked, Cut, Server


def handler(server: Server, lock: threading.Lock) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            content = self.rfile.read(length)
            shown = self.headers.get("authorization")
            token = shown.removeprefix("Bearer ") if shown else None
            try:
                with lock:
                    said = server.answer(Asked(self.command, self.path, token, content))
            except Cut:
                self.close_connection = True
                return
            body = said.content()
            self.send_response(said.status)
            for name, value in said.headers:
                self.send_header(name, value)
            if said.status != 204:
                self.send_header("Content-Type", said.media_type)
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = do  # noqa: N815 - as the library wants them

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


class Listening(ThreadingHTTPServer):
    """A server whose threads end with it."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Say nothing: who asked may be gone."""


@contextmanager
def serving(server: Server) -> Iterator[str]:
    """Serve on a free port of this machine, and give the base URL."""
    with Listening(("127.0.0.1", 0), handler(server, threading.Lock())) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_address[1]}"
        finally:
            listening.shutdown()
            thread.join()


if __name__ == "__main__":
    with serving(Server()) as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        sys.stdin.read()
