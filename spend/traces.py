"""OTLP/HTTP as bytes in and out: what comes in protobuf is answered in protobuf, what comes in JSON in JSON."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from rest_framework.request import Request

from spend.batches import RawParser

PROTOBUF = "application/x-protobuf"
# google.rpc.Code of what an HTTP status says; exporters look at the status, people at the message
_CODES = {400: 3, 401: 16, 403: 7, 413: 8, 415: 3, 429: 8, 503: 14}
_UNKNOWN = 2


class ProtobufParser(RawParser):
    media_type = PROTOBUF


def is_json(request: Request) -> bool:
    return not (request.content_type or "").startswith(PROTOBUF)


def taken(request: Request, *, rejected: int, why: str) -> HttpResponse:
    """Answer that all spans were taken but so many, and why these were not."""
    if is_json(request):
        partial = {"partialSuccess": {"rejectedSpans": str(rejected), "errorMessage": why}} if rejected else {}
        return HttpResponse(json.dumps(partial), content_type="application/json")
    answer = ExportTraceServiceResponse()
    if rejected:
        answer.partial_success.rejected_spans = rejected
        answer.partial_success.error_message = why
    return HttpResponse(answer.SerializeToString(), content_type=PROTOBUF)


def refused(request: Request, status: int, why: str) -> HttpResponse:
    """Answer a google.rpc.Status that nothing was taken."""
    code = _CODES.get(status, _UNKNOWN)
    if is_json(request):
        said: dict[str, Any] = {"code": code, "message": why}
        return HttpResponse(json.dumps(said), status=status, content_type="application/json")
    return HttpResponse(_status(code, why.encode()), status=status, content_type=PROTOBUF)


def _status(code: int, message: bytes) -> bytes:
    """Write the message by hand: field 1 is the code, field 2 the text, and no package is needed for two fields."""
    length, size = bytearray(), len(message)
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    length.append(size)
    return bytes((0x08, code, 0x12, *length)) + message
