"""Unpack gzip and zstd piece by piece: whatever the input claims, no piece is larger than 128 KiB."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping

import zstandard

Read = Callable[[int], bytes]

CHUNK = 64 * 1024
# RFC 8878 advises decoders to take windows of 8 MiB and to refuse what would use up the memory.
_WIDEST_WINDOW = 8 * 1024 * 1024
_GZIP_ONLY = 31  # wbits: header and checksum of gzip, nothing else
_SKIPPABLE = range(0x184D2A50, 0x184D2A60)
_ID_BYTES = (0, 1, 2, 4)
_SIZE_BYTES = (0, 2, 4, 8)
_RLE, _RESERVED = 1, 3


class Damaged(Exception):
    """The packed data is cut off, corrupt or not of its format."""


def gunzip(read: Read) -> Iterator[bytes]:
    """Unpack one or several gzip members."""
    packed = read(CHUNK)
    if not packed:
        raise Damaged("it is empty")
    while packed:
        member = zlib.decompressobj(_GZIP_ONLY)
        while not member.eof:
            packed = packed or read(CHUNK)
            if not packed:
                raise Damaged("it is cut off")
            try:
                yield member.decompress(packed, CHUNK)
            except zlib.error:
                raise Damaged("it is corrupt") from None
            packed = member.unconsumed_tail
        packed = member.unused_data or read(CHUNK)


def unzstd(read: Read) -> Iterator[bytes]:
    """Unpack one or several zstd frames.

    Blocks are handed over one by one: a block unpacks to 128 KiB at most, the library itself bounds nothing and
    does not say whether its input was cut off.
    """
    take = _exactly(read)
    unpacker = zstandard.ZstdDecompressor(max_window_size=_WIDEST_WINDOW)  # to make one takes longer than a small frame
    magic = take(4, or_end=True)
    if not magic:
        raise Damaged("it is empty")
    while magic:
        if int.from_bytes(magic, "little") in _SKIPPABLE:
            _skip(take, int.from_bytes(take(4), "little"))
        else:
            yield from _frame(magic, take, unpacker)
        magic = take(4, or_end=True)


def _frame(magic: bytes, take: Callable[..., bytes], unpacker: zstandard.ZstdDecompressor) -> Iterator[bytes]:
    unpack = unpacker.decompressobj().decompress
    try:
        descriptor = take(1)[0]
        is_single, has_checksum = bool(descriptor & 0x20), bool(descriptor & 0x04)
        size_bytes = _SIZE_BYTES[descriptor >> 6] or int(is_single)
        unpack(magic + bytes([descriptor]) + take((not is_single) + _ID_BYTES[descriptor & 3] + size_bytes))
        is_last = False
        while not is_last:
            header = take(3)
            block = int.from_bytes(header, "little")
            is_last, kind, size = bool(block & 1), block >> 1 & 3, block >> 3
            if kind == _RESERVED or size > 128 * 1024:
                raise Damaged("it is corrupt")
            yield unpack(header + take(1 if kind == _RLE else size))
        if has_checksum:
            yield unpack(take(4))
    except zstandard.ZstdError:
        raise Damaged("it is corrupt") from None


def _skip(take: Callable[..., bytes], size: int) -> None:
    while size:
        size -= len(take(min(size, CHUNK)))


def _exactly(read: Read) -> Callable[..., bytes]:
    """Return a `take` of exactly so many bytes; only with `or_end` may there be none left."""
    waiting = bytearray()

    def take(size: int, *, or_end: bool = False) -> bytes:
        while len(waiting) < size:
            chunk = read(CHUNK)
            if not chunk and or_end and not waiting:
                return b""
            if not chunk:
                raise Damaged("it is cut off")
            waiting.extend(chunk)
        taken = bytes(waiting[:size])
        del waiting[:size]
        return taken

    return take


UNPACKERS: Mapping[str, Callable[[Read], Iterator[bytes]]] = {"gzip": gunzip, "x-gzip": gunzip, "zstd": unzstd}
