"""What decoding costs: OTLP in protobuf and JSON against native JSON of the same calls, as CPU time for each.

    python -m benchmarks.decode [--rounds 20]

No server and no database. Bodies of a round are new ones, as they are in life: nothing of them was met before.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from benchmarks.facts import calls
from benchmarks.spans import bodies
from spend.ingest.mapping import default_of
from spend.ingest.native import decode as decode_native
from spend.ingest.otlp.decoding import decode
from spend.ingest.otlp.protobuf import parts_of
from spend.ingest.otlp.vocabulary import vocabulary_of

SIZE = 1_000
AT = datetime(2026, 12, 1, tzinfo=UTC)
START = datetime(2026, 10, 1, tzinfo=UTC)
MAPPING = default_of("otlp")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    protobuf = list(bodies("decode", rounds, size=SIZE, start=START, days=30))
    as_json = [MessageToJson(ExportTraceServiceRequest.FromString(body), indent=None).encode() for body in protobuf]
    made = calls("decode", start=START, days=30)
    native = [json.dumps({"calls": [next(made) for _ in range(SIZE)]}).encode() for _ in range(rounds)]
    work: dict[str, tuple[list[bytes], Callable[[bytes], object]]] = {
        "protobuf, parsed by the library only": (protobuf, ExportTraceServiceRequest.FromString),
        "protobuf, attributes read": (protobuf, attributes_read),
        "protobuf, calls": (protobuf, lambda body: decode(body, is_json=False, mapping=MAPPING, at=AT)),
        "OTLP/JSON, calls": (as_json, lambda body: decode(body, is_json=True, mapping=MAPPING, at=AT)),
        "native JSON, calls": (native, lambda body: decode_native(body, "call", AT)),
    }
    spent: dict[str, list[float]] = {name: [] for name in work}
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # as the server does
    for turn in range(rounds):
        for name, (sent, task) in work.items():
            begun = time.process_time()
            task(sent[turn])
            spent[name].append((time.process_time() - begun) / SIZE * 1e6)
    native_median = median(spent["native JSON, calls"])
    print(f"{'us of CPU for each call':40} {'best':>8} {'median':>8} {'x native':>9}")
    for name, times in spent.items():
        print(f"{name:40} {min(times):8.2f} {median(times):8.2f} {median(times) / native_median:9.2f}")


def attributes_read(body: bytes) -> None:
    for *_, spans in parts_of(body, vocabulary_of(MAPPING), SIZE):
        for _ in spans:
            pass


if __name__ == "__main__":
    main()
