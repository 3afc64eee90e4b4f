"""A server of the gateway's protocol of docs/extend.md, which answers as a model does that is worth its price."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bot.ports import ModelRequest
from tests.digest.analyst.support import honest


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Answer what is asked."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        request = ModelRequest(
            body["task"], body["instructions"], body["material"], body["schema"], body["max_tokens"], light=False
        )
        text = json.dumps(honest(request))
        answer = json.dumps({"text": text, "finish": "complete", "read": 100, "written": 10}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def gateway() -> Iterator[str]:
    """Serve on loopback, and yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
