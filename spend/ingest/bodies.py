"""Read a request body within bounds, packed or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from spend.ingest.unpacking import CHUNK, UNPACKERS, Damaged

MOST_BYTES = 16 * 1024 * 1024
LARGE_BYTES = 1024 * 1024  # of a body that is looked at before it is decoded, and has the memory to itself
MOST_WEIGHT = 48 * 1024 * 1024
# Bytes that a list, an object, its entries, and any value take once decoded, whatever they take in the text.
_WEIGHTS = {b"{": 128, b"[": 96, b":": 128, b",": 80}
_LINE_WEIGHT = 80
_WIDEST = 4  # bytes that each character of a text takes once one of them is wide
_COPIES = 3


class BadBody(Exception):
    """The body as a whole cannot be read (400). `sentence` follows "the body"."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"the body {sentence}")
        self.sentence = sentence


class TooLarge(Exception):
    """The body, packed or unpacked, is larger than what is taken (413)."""


class UnsupportedEncoding(Exception):
    """The Content-Encoding is none of those understood (415)."""


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_body(
    stream: Readable,
    content_length: int | None,
    content_encoding: str | None,
    limit: int = MOST_BYTES,
    grows_to: Callable[[int], None] = lambda size: None,
) -> bytes:
    """Return the unpacked body. `limit` bounds it both on the wire and unpacked.

    A `content_length` of None reads to the end. `grows_to` is told the size before and while it is read, and may raise.
    Raises TooLarge, UnsupportedEncoding, BadBody.
    """
    encoding = (content_encoding or "identity").strip().lower()
    if encoding != "identity" and encoding not in UNPACKERS:
        raise UnsupportedEncoding("the Content-Encoding must be gzip, zstd or identity")
    if content_length is not None and content_length > limit:
        raise TooLarge(f"the body has {content_length} bytes; at most {limit} are taken")
    grows_to(content_length or 0)
    read = _bounded(stream, content_length, limit)
    if encoding == "identity":
        return _joined(iter(lambda: read(CHUNK), b""), limit, grows_to)
    try:
        return _joined(UNPACKERS[encoding](read), limit, grows_to)
    except Damaged as error:
        raise BadBody(f"is not valid {encoding}: {error}") from None


def refuse_overweight(text: bytes, *, lines: bool = False, slowly: bool = False) -> None:
    """Raise BadBody for a large JSON text that is too much for the memory once decoded: `[]` takes thirty times that.

    An estimate from above: what stands in quotes counts as well. The standard library, which reads `slowly`, takes
    twice as much, and copies of the text.
    """
    if len(text) <= LARGE_BYTES:
        return
    weight = sum(text.count(part) * each for part, each in _WEIGHTS.items())
    if lines:
        weight += _LINE_WEIGHT * text.count(b"\n")
    if not text.isascii() or b"\\u" in text:
        weight += _WIDEST * len(text)
    if slowly:
        weight = 2 * weight + _COPIES * len(text)
    if weight > MOST_WEIGHT:
        raise BadBody("has more lists, objects and values than are taken at once; send it in smaller batches")


def _joined(chunks: Iterator[bytes], limit: int, grows_to: Callable[[int], None]) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"the unpacked body has more than {limit} bytes")
        grows_to(len(body))
    return bytes(body)


def _bounded(stream: Readable, content_length: int | None, limit: int) -> Callable[[int], bytes]:
    """Return a `read` that never reads past the announced end, and notices a body that ends before or goes on."""
    taken = 0

    def read(size: int) -> bytes:
        nonlocal taken
        if content_length is not None:
            size = min(size, content_length - taken)
        chunk = stream.read(size) if size else b""
        taken += len(chunk)
        if taken > limit:
            raise TooLarge(f"the body has more than {limit} bytes")
        if not chunk and content_length is not None and taken < content_length:
            raise BadBody(f"ended after {taken} of {content_length} bytes")
        return chunk

    return read
