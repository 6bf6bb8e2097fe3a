"""What we paid: models with their tiers and prices, the facts of calls, tasks and outcomes, and what was billed."""

from spend.models.billing import Bill, BillLine
from spend.models.calls import (
    Call,
    DemotedCall,
    DirtyKey,
    DirtySlice,
    Outcome,
    RejectedItem,
    Source,
    Span,
    Task,
)
from spend.models.reference import (
    Installation,
    Llm,
    LlmTier,
    Price,
    RepricedMonth,
    Repricing,
    SourceMapping,
    TaskType,
    Tier,
    money,
)

__all__ = [
    "Bill",
    "BillLine",
    "Call",
    "DemotedCall",
    "DirtyKey",
    "DirtySlice",
    "Installation",
    "Llm",
    "LlmTier",
    "Outcome",
    "Price",
    "RejectedItem",
    "RepricedMonth",
    "Repricing",
    "Source",
    "SourceMapping",
    "Span",
    "Task",
    "TaskType",
    "Tier",
    "money",
]
