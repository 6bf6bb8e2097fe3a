"""Bodies are read within bounds, whatever they claim to be."""

from __future__ import annotations

import gzip
import io
import os
import tracemalloc

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from spend.ingest.bodies import BadBody, TooLarge, UnsupportedEncoding, read_body
from spend.ingest.unpacking import UNPACKERS, Damaged
from tests.spend.ingest.builders import calmly

MIB = 1024 * 1024
MIXED = os.urandom(200_000) + b"claims " * 50_000


def zstd(data: bytes, *, write_content_size: bool = True) -> bytes:
    return zstandard.ZstdCompressor(write_content_size=write_content_size).compress(data)


def zstd_stream(data: bytes) -> bytes:
    """A frame that does not say how large it is, with a checksum and a skippable frame before it."""
    packer = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    return b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc" + packer.compress(data) + packer.flush()


PACKED = {
    "gzip": gzip.compress(MIXED),
    "x-gzip": gzip.compress(MIXED[:1000]) + gzip.compress(MIXED[1000:]),
    "zstd": zstd(MIXED),
    " ZSTD ": zstd(MIXED[:7]) + zstd_stream(MIXED[7:]),
    "identity": MIXED,
}


def read(packed: bytes, encoding: str | None, *, limit: int = MIB) -> bytes:
    return read_body(io.BytesIO(packed), len(packed), encoding, limit)


@pytest.mark.parametrize("encoding", PACKED)
@pytest.mark.parametrize("announced", [True, False])
def test_it_unpacks(encoding: str, announced: bool) -> None:
    packed = PACKED[encoding]
    assert read_body(io.BytesIO(packed), len(packed) if announced else None, encoding) == MIXED


@pytest.mark.parametrize("encoding", [None, "", "identity"])
def test_it_takes_plain_bodies(encoding: str | None) -> None:
    assert read(b"{}", encoding) == b"{}"
    assert read(b"", encoding) == b""


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "nonsense"])
def test_it_refuses_other_encodings(encoding: str) -> None:
    with pytest.raises(UnsupportedEncoding, match="gzip, zstd or identity"):
        read(b"{}", encoding)


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "zstd", " ZSTD "])
@pytest.mark.parametrize("left", [0, 1, 3, 6, 20, 100_000, -5, -1])
def test_it_notices_what_is_cut_off(encoding: str, left: int) -> None:
    with pytest.raises(BadBody, match=r"is not valid \S+: it is (cut off|empty)"):
        read(PACKED[encoding][:left], encoding)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
@pytest.mark.parametrize("junk", [b"{}", b"not packed at all", b"\x00" * 50])
def test_it_refuses_what_is_not_packed(encoding: str, junk: bytes) -> None:
    with pytest.raises(BadBody):
        read(junk, encoding)
    with pytest.raises(BadBody):
        read(PACKED[encoding] + junk, encoding)


def test_it_refuses_a_wrong_checksum() -> None:
    for encoding, packed in (("gzip", PACKED["gzip"]), ("zstd", zstd_stream(MIXED))):
        broken = packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:] if encoding == "gzip" else packed[:-1] + b"\x00"
        with pytest.raises(BadBody, match="corrupt"):
            read(broken, encoding)


def test_it_stops_at_the_limit() -> None:
    assert len(read(b"x" * MIB, None)) == MIB
    with pytest.raises(TooLarge):
        read(b"x" * (MIB + 1), None)
    with pytest.raises(TooLarge):
        read_body(io.BytesIO(b"x" * (MIB + 1)), None, None, MIB)


def test_it_believes_an_announced_length_before_reading() -> None:
    class Untouchable:
        def read(self, size: int, /) -> bytes:
            raise AssertionError("must not be read")

    with pytest.raises(TooLarge):
        read_body(Untouchable(), MIB + 1, None, MIB)


def test_it_reads_no_further_than_announced() -> None:
    stream = io.BytesIO(b"{}the next request")
    assert read_body(stream, 2, None) == b"{}"
    assert stream.read() == b"the next request"


def test_it_notices_a_body_shorter_than_announced() -> None:
    with pytest.raises(BadBody, match="the body ended after 2 of 9 bytes"):
        read_body(io.BytesIO(b"{}"), 9, None)


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        ("gzip", gzip.compress(bytes(300 * MIB), 1)),
        ("zstd", zstd(bytes(300 * MIB))),
        ("zstd", zstd(bytes(300 * MIB), write_content_size=False)),
    ],
)
def test_a_bomb_is_defused_in_bounded_memory(encoding: str, bomb: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(TooLarge):
        read(bomb, encoding, limit=2 * MIB)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(bomb) + 5 * MIB


def test_no_piece_is_large() -> None:
    for encoding, packed in (("gzip", gzip.compress(bytes(20 * MIB), 1)), ("zstd", zstd(bytes(20 * MIB)))):
        stream = io.BytesIO(packed)
        assert max(len(piece) for piece in UNPACKERS[encoding](stream.read)) <= 128 * 1024


def test_it_refuses_a_window_that_would_use_up_the_memory() -> None:
    wide = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    with pytest.raises(BadBody):
        read(packer.compress(b"x") + packer.flush(), "zstd")


@calmly
@given(st.binary(max_size=200), st.sampled_from(["gzip", "zstd"]), st.integers(0, 30))
def test_random_bytes_are_refused_with_our_own_exceptions(junk: bytes, encoding: str, kept: int) -> None:
    try:
        read(PACKED[encoding][:kept] + junk, encoding)
    except (BadBody, TooLarge):
        return


@calmly
@given(st.integers(0, 2000), st.integers(0, 255), st.sampled_from(["gzip", "zstd"]))
def test_flipped_bytes_are_refused_or_harmless(place: int, value: int, encoding: str) -> None:
    data = MIXED[-3000:] + MIXED[:500]
    packed = bytearray(gzip.compress(data, mtime=0) if encoding == "gzip" else zstd_stream(data))
    packed[place % len(packed)] = value
    try:
        read(bytes(packed), encoding)
    except (BadBody, TooLarge):
        return


def test_damage_is_told_apart_from_the_end() -> None:
    with pytest.raises(Damaged, match="it is empty"):
        list(UNPACKERS["gzip"](io.BytesIO(b"").read))
