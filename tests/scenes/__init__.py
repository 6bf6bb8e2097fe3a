"""Small scenes with figures derived by hand, one for each sentence of the rulings (DESIGN 3.11) that moves a figure.

They are data: the oracle's tests and the product's run the very same list, so product = oracle = hand.
"""

from .cast import Scene
from .r01_days import SCENES as DAYS
from .r02_tasks import SCENES as TASKS
from .r05_sources import SCENES as SOURCES
from .r09_prices import SCENES as PRICES
from .r12_identity import SCENES as IDENTITY
from .r15_rows import SCENES as ROWS

SCENES: list[Scene] = [*DAYS, *TASKS, *SOURCES, *PRICES, *IDENTITY, *ROWS]

__all__ = ["SCENES", "Scene"]
