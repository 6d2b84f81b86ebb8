"""Bytes that cost much to make, kept in this process."""

import threading
from collections import OrderedDict


class KeptBytes:
    """The bytes asked for most recently, up to `room` of them in all. What is kept is named by what it is made from:
    nothing is ever taken back, it is only not asked for again."""

    def __init__(self, *, room: int) -> None:
        self._room, self._taken = room, 0
        self._bytes: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> bytes | None:
        with self._lock:
            found = self._bytes.get(name)
            if found is not None:
                self._bytes.move_to_end(name)
            return found

    def put(self, name: str, content: bytes) -> None:
        with self._lock:
            self._taken += len(content) - len(self._bytes.pop(name, b""))
            self._bytes[name] = content
            while self._taken > self._room:
                _name, oldest = self._bytes.popitem(last=False)
                self._taken -= len(oldest)

    def __len__(self) -> int:
        return len(self._bytes)
