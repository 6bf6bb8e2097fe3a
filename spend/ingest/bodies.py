"""Read a request body within bounds, packed or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from spend.ingest.unpacking import CHUNK, UNPACKERS, Damaged

MOST_BYTES = 16 * 1024 * 1024


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
    stream: Readable, content_length: int | None, content_encoding: str | None, limit: int = MOST_BYTES
) -> bytes:
    """Return the unpacked body. `limit` bounds it both on the wire and unpacked.

    A `content_length` of None reads to the end. Raises TooLarge, UnsupportedEncoding, BadBody.
    """
    encoding = (content_encoding or "identity").strip().lower()
    if encoding != "identity" and encoding not in UNPACKERS:
        raise UnsupportedEncoding("the Content-Encoding must be gzip, zstd or identity")
    if content_length is not None and content_length > limit:
        raise TooLarge(f"the body has {content_length} bytes; at most {limit} are taken")
    read = _bounded(stream, content_length, limit)
    if encoding == "identity":
        return _joined(iter(lambda: read(CHUNK), b""), limit)
    try:
        return _joined(UNPACKERS[encoding](read), limit)
    except Damaged as error:
        raise BadBody(f"is not valid {encoding}: {error}") from None


def _joined(chunks: Iterator[bytes], limit: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"the unpacked body has more than {limit} bytes")
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
