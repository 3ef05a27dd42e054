"""A stand-in for a model server with the OpenAI protocol: it says the first sentence that it is shown, word by word.

python -m evals.speed.stand_in PORT [SECONDS-BETWEEN-TWO-WORDS]

For load on Dateline itself, and for killing: it costs no processor, and answers in the same way each time.
"""

from __future__ import annotations

import json
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORD_S = 0.02
"""Between two words: some 50 tokens a second, as a server with a GPU gives to one asker."""
SHOWN = re.compile(r"^\[1\] [^:\n]*: (.+)$", re.MULTILINE)


class Server(ThreadingHTTPServer):
    """Takes as many connections at once as a load tool opens."""

    request_queue_size = 200
    daemon_threads = True


class Handler(BaseHTTPRequestHandler):
    """Streams one reply."""

    word_s = WORD_S

    def do_POST(self) -> None:
        """The reply to a chat."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for word in reply_to(str(asked["messages"][-1]["content"])).split(" "):
                self._send({"content": f"{word} "}, None)
                time.sleep(self.word_s)
            self._send({}, "stop")
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _send(self, delta: dict[str, str], ended: str | None) -> None:
        choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": ended}
        chunk = {"id": "1", "object": "chat.completion.chunk", "model": "local", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing."""


def reply_to(prompt: str) -> str:
    """The first numbered sentence of the evidence, cited."""
    found = SHOWN.search(prompt)
    return f"{found[1].strip()} [1]" if found else "NOT FOUND"


def main() -> None:
    """Serve until it is ended."""
    if len(sys.argv) > 2:
        Handler.word_s = float(sys.argv[2])
    with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
