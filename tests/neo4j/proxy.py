"""A way to a server that breaks when it is told to: a local proxy that lets so many bytes through, then nothing."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

Direction = Literal["to_server", "to_client"]


class CuttingProxy:
    """Forwards connections to a server; once ``most`` bytes went in a direction it cuts all and takes no more.

    ``passed`` counts what went through; without ``most`` it only counts. ``told`` are bytes that the server says and
    what the client hears in their place.
    """

    def __init__(
        self,
        uri: str,
        *,
        direction: Direction = "to_server",
        most: int | None = None,
        told: tuple[bytes, bytes] = (b"", b""),
    ) -> None:
        assert len(told[0]) == len(told[1])
        self._told = told
        parts = urlsplit(uri)
        self._target = (parts.hostname or "", parts.port or 7687)
        self._direction = direction
        self._most = most
        self.passed = {"to_server": 0, "to_client": 0}
        self.is_cut = False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"bolt://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> CuttingProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()

    def cut(self) -> None:
        """Ends all connections and refuses new ones."""
        self.is_cut = True
        with self._lock:
            ends = [self._listener, *self._open]
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        while not self.is_cut:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
            except OSError:
                return
            with self._lock:
                self._open |= {client, server}
            for source, sink, direction in ((client, server, "to_server"), (server, client, "to_client")):
                threading.Thread(target=self._forward, args=(source, sink, direction), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, direction: Direction) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 14):
                if self._told[0] and direction == "to_client":
                    data = data.replace(*self._told)
                with self._lock:
                    room = len(data)
                    if self._most is not None and direction == self._direction:
                        room = max(0, min(room, self._most - self.passed[direction]))
                    self.passed[direction] += room
                sink.sendall(data[:room])
                if room < len(data):
                    break
            else:
                with suppress(OSError):
                    sink.shutdown(socket.SHUT_WR)
                return
        if not self.is_cut:
            self.cut()
