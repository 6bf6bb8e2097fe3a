"""Provider bills in the shapes that providers give them: bytes become lines, or problems by line (docs/bills.md)."""
