"""The door through which batches of records come in by HTTP: a body in, a receipt out (DESIGN 4.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import APIException, UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.mediatypes import media_type_matches
from rest_framework.views import APIView

from accounts.domain.reach import Reach
from accounts.queries import reach_of
from spend.actions.rejected import keep_rejected
from spend.backpressure import Room, writing
from spend.ingest.bodies import BadBody, TooLarge, UnsupportedEncoding, read_body
from spend.ingest.kept import Kept, kept_item, kept_raw
from spend.ingest.mapping import SourceKind
from spend.ingest.native import Decoded, decode, values_of
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item, Kind, Problem
from spend.ingest.schemas import BATCH_ANSWERS, batch_of, ref


class Refused(APIException):
    """The body as a whole cannot be read."""

    def __init__(self, reason: str, status_code: int) -> None:
        super().__init__(reason)
        self.status_code = status_code


def as_refusal(problem: BadBody) -> Refused:
    return Refused(str(problem), status.HTTP_400_BAD_REQUEST)


class RawParser(BaseParser):
    """Hands on the bytes of a body, read and decompressed within bounds.

    In a list, for the view to take them out: the request, which is part of a circle, would keep them until circles are
    looked for.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        headers = parser_context["request"].headers
        room: Room = parser_context["view"].room
        try:
            length = int(headers["Content-Length"]) if headers.get("Content-Length") else None
            return [read_body(stream, length, headers.get("Content-Encoding"), grows_to=room.grows_to)]
        except TooLarge as problem:
            raise Refused(str(problem), status.HTTP_413_REQUEST_ENTITY_TOO_LARGE) from problem
        except UnsupportedEncoding as problem:
            raise Refused(str(problem), status.HTTP_415_UNSUPPORTED_MEDIA_TYPE) from problem
        except (BadBody, ValueError) as problem:
            raise Refused(str(problem), status.HTTP_400_BAD_REQUEST) from problem


class RawLinesParser(RawParser):
    media_type = "application/x-ndjson"


class IngestView(APIView):
    """Takes a body in one transaction. Subclasses say how it is decoded, recorded and, if not as here, answered."""

    parser_classes: Sequence[type[RawParser]] = [RawParser, RawLinesParser]
    source: ClassVar[SourceKind] = "rest"

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.room = Room()

    def decode(self, body: bytes, request: Request, at: datetime) -> Decoded:
        """Return what could be read. Raises BadBody where the fault is of the whole body."""
        raise NotImplementedError

    def record(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        raise NotImplementedError

    def kept(self, body: bytes, problem: Problem) -> Kept | None:
        """Return what is to be kept of an item that could not be read, so that it can be tried again."""
        return None

    def answer(self, receipt: Receipt, request: Request) -> Response:
        return Response(_told(receipt), status=_status(receipt))

    def dispatch(self, *arguments: Any, **given: Any) -> HttpResponseBase:
        try:
            return super().dispatch(*arguments, **given)
        finally:
            self.room.leave()

    def post(self, request: Request) -> Response:
        at, body = timezone.now(), self._body(request)
        try:
            decoded = self.decode(body, request, at)
        except BadBody as problem:
            raise as_refusal(problem) from problem
        receipt = self._recorded(decoded.items, reach_of(request), at) if decoded.items else Receipt()
        receipt.rejected = sorted([*decoded.problems, *receipt.rejected], key=lambda problem: problem.index)
        if receipt.rejected:
            self.keep(receipt.rejected, decoded.items, reach_of(request), at, body)
        return self.answer(receipt, request)

    def keep(
        self, problems: Sequence[Problem], items: Sequence[Item], reach: Reach, at: datetime, body: bytes = b""
    ) -> None:
        """Keep what was refused: as the item of the same place among `items`, else as the body has it."""
        read = {item.index: item for item in items}

        def content(problem: Problem) -> Kept | None:
            item = read.get(problem.index)
            return kept_item(item) if item is not None else self.kept(body, problem)

        keep_rejected(kind=self.source, problems=problems, content=content, reach=reach.team_ids, at=at)

    def _recorded(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        with writing():
            return self.record(items, reach, at)

    def _body(self, request: Request) -> bytes:
        """Return the unpacked body. One sent in chunks states no length, and Django would not read it."""
        if request.headers.get("Content-Length") or "Transfer-Encoding" not in request.headers:
            data: Any = request.data
            return data.pop() if isinstance(data, list) else b""  # where there is no body, nothing was parsed
        if not any(media_type_matches(parser.media_type, request.content_type) for parser in self.parser_classes):
            raise UnsupportedMediaType(request.content_type)
        about = {"request": request, "view": self}
        (body,) = RawParser().parse(request.META["wsgi.input"], parser_context=about)
        return bytes(body)


class BatchView(IngestView):
    """Takes a batch of one kind of record (`takes`). Subclasses name the permission and the action that records it."""

    kind: ClassVar[Kind]
    _values: list[object] | None = None

    def decode(self, body: bytes, request: Request, at: datetime) -> Decoded:
        return decode(body, self.kind, at, ndjson=self._is_lines(request))

    def kept(self, body: bytes, problem: Problem) -> Kept | None:
        if self._values is None:
            self._values = values_of(body, self.kind, ndjson=self._is_lines(self.request))
        return kept_raw(self._values[problem.index], problem, kind=self.kind)

    def _is_lines(self, request: Request) -> bool:
        return (request.content_type or "").startswith(RawLinesParser.media_type)


def _told(receipt: Receipt) -> dict[str, Any]:
    return {
        "accepted": receipt.accepted,
        "duplicates": receipt.duplicates,
        "rejected": [
            {"index": problem.index, "id": problem.id, "errors": problem.errors} for problem in receipt.rejected
        ],
    }


def _status(receipt: Receipt) -> int:
    if not receipt.rejected:
        return status.HTTP_200_OK
    if receipt.accepted or receipt.duplicates:
        return status.HTTP_207_MULTI_STATUS
    return status.HTTP_400_BAD_REQUEST


View = TypeVar("View", bound=type[BatchView])


def takes(kind: Kind) -> Callable[[View], View]:
    """Say which kind of record a view takes, to the view and to those who read its OpenAPI description."""
    described = extend_schema(
        operation_id=f"post_{kind}s",
        summary=f"Send {kind}s",
        description=(
            f"Idempotent: a {kind} sent again changes nothing, the same identity with other content is refused. "
            "Answered after commit. At most 10,000 items and 16 MiB, packed (gzip, zstd) or not."
        ),
        request={"application/json": batch_of(kind), RawLinesParser.media_type: ref(kind.title())},
        responses={code: OpenApiResponse(*answer) for code, answer in BATCH_ANSWERS.items()},
    )

    def decorate(view: View) -> View:
        view.kind = kind
        return extend_schema_view(post=described)(view)

    return decorate
