"""An independent second implementation: from facts as they came over the wire to the report.

Shares no code with the product and is written to be read, not to be fast: it holds everything in memory, computes
every figure anew by loops over rows, and knows docs/method.md only. Where the two disagree, one of them is wrong.
"""

from .columns import ADDITIVE
from .facts import Facts
from .ledger import entries
from .report import report

__all__ = ["ADDITIVE", "Facts", "entries", "report"]
