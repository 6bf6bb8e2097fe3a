"""By whom a record is: a person, who held a signed link, or an integration; as the reader may know it."""

from __future__ import annotations

from accounts.queries import shown_name

BY_LINK = "by link"


def recorder_name(
    *, person: int | None, name: str | None, by_link: bool, signer: str, reader: int | None
) -> str | None:
    """Return how to call who recorded something, None for an integration; who held a link may have typed `signer`."""
    if by_link:
        return f"{shown_name(signer)}, {BY_LINK}" if signer else BY_LINK
    if person is None:
        return None
    return shown_name(name or "", is_reader=person == reader)
