"""A cheap client: posts what it reads from stdin over a few kept connections.

It stands in a process of its own so that it takes nothing from the server but its
share of the machine, and says how much of that it took.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator

_END = b"\r\n\r\n"


def main() -> None:
    """Post the bodies on stdin, one a line; say on stdout what came of it."""
    port, connections, path, token = sys.argv[1:]
    requests = [_request(path, token, line.rstrip(b"\n")) for line in sys.stdin.buffer]
    client = Client(int(port), int(connections))
    print(json.dumps(client.post_all(requests)))


class Client:
    """Connections that are kept open, each with one request on its way."""

    def __init__(self, port: int, connections: int) -> None:
        self._selector = selectors.EpollSelector()
        self._sockets = [_connect(port) for _ in range(connections)]
        self._sent: dict[socket.socket, float] = {}
        self._heard: dict[socket.socket, bytes] = {}

    def post_all(self, requests: list[bytes]) -> dict[str, object]:
        """Send everything, a request to a connection once it has its answer."""
        waiting = iter(requests)
        statuses: Counter[str] = Counter()
        latencies: list[float] = []
        begun, busy = time.perf_counter(), time.process_time()
        for one in self._sockets:
            self._selector.register(one, selectors.EVENT_READ, one)
            self._send(one, waiting)
        while self._sent:
            for key, _ in self._selector.select():
                one = key.data
                if status := self._answer(one):
                    latencies.append(time.perf_counter() - self._sent.pop(one))
                    statuses[status] += 1
                    self._send(one, waiting)
        return {
            "seconds": time.perf_counter() - begun,
            "client_cpu": time.process_time() - busy,
            "statuses": statuses,
            "latencies": sorted(latencies),
        }

    def _send(self, one: socket.socket, waiting: Iterator[bytes]) -> None:
        if (request := next(waiting, None)) is not None:
            self._sent[one] = time.perf_counter()
            one.sendall(request)

    def _answer(self, one: socket.socket) -> str:
        """The status once the whole answer is there, else nothing."""
        part = one.recv(65536)
        if not part:
            raise ConnectionError("the server hung up")
        heard = self._heard.pop(one, b"") + part
        head, _, rest = heard.partition(_END)
        name = head.lower().find(b"content-length:")
        if name >= 0 and len(rest) >= int(head[name + 15 :].split(b"\r\n", 1)[0]):
            return head[9:12].decode()
        self._heard[one] = heard
        return ""


def _request(path: str, token: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/json\r\nX-Dashboard-Token: {token}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _connect(port: int) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port))
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return one


if __name__ == "__main__":
    main()
