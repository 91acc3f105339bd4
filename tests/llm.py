"""An endpoint that speaks OpenAI's chat completions, under a test's hand: in a thread, on the loopback.

The format: https://platform.openai.com/docs/api-reference/chat/object.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def completion(content: str | None) -> dict[str, Any]:
    """What the model says, with all that stands around it."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content, "refusal": None},
        "logprobs": None,
        "finish_reason": "stop",
    }
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1764300000,
        "model": "reader-1",
        "choices": [choice],
        "usage": {"prompt_tokens": 300, "completion_tokens": 4, "total_tokens": 304},
    }


class Endpoint(ThreadingHTTPServer):
    """Answers in the order that it is told, the last again and again; None is no answer until the end."""

    daemon_threads = True

    def __init__(self, *answers: tuple[int, Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.answers = [*answers]
        self.asked, self.paths, self.tokens = list[dict[str, Any]](), list[str](), list[str | None]()
        self.over = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/v1/"

    def next(self) -> tuple[int, Any]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Request(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.server.paths.append(self.path)
        self.server.tokens.append(self.headers["Authorization"])
        status, said = self.server.next()
        if said is None:
            self.server.over.wait(60)
            return
        body = (said if isinstance(said, str) else json.dumps(said)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests print nothing."""


@contextmanager
def endpoint(*answers: tuple[int, Any]) -> Iterator[Endpoint]:
    """One that listens; afterwards nobody does."""
    server = Endpoint(*answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
