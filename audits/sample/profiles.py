"""The eight kinds of work of the sample: who does what with which model, how well, and what people do about it.

Rates, calls, tokens and minutes that were published come from calibration.py; the other numbers are assumptions.
"""

from __future__ import annotations

from audits.sample import calibration as published
from audits.sample.kinds import SORTED_EASY, SORTED_HARD, Helper, Kind, Leg, Policy, Rework, input_for
from audits.sample.llms import (
    EMBEDDING,
    FLASH_LITE,
    GEMMA,
    GPT_4O,
    GPT_4O_MINI,
    GPT_5,
    GPT_5_MINI,
    GPT_5_NANO,
    GPT_41,
    GPT_41_MINI,
    HAIKU,
    OPUS,
    SONNET,
    Llm,
)

# Mending costs this share of doing it by hand: rework after review / minutes without AI, of the same developers.
MENDING_SHARE = published.METR_REWORK_MINUTES / published.METR_MANUAL_MINUTES

# Minutes a person needs from scratch, the manual baseline of each type in organisation.yaml.
MANUAL_MINUTES = {
    "ticket_triage": 2.0,
    "document_tagging": 3.0,
    "shop_answer": 5.0,
    "support_reply": 9.0,
    "claim_assessment": 30.0,
    "contract_review": 90.0,
    "pull_request": published.METR_MANUAL_MINUTES,
    "bug_fix": 60.0,
}

RETAIL_CALLS = 3.5
AIRLINE_CALLS = 4.0
PULL_REQUEST_CALLS = 6.0

MISREAD = ("wrong_template", "format_break", "incomplete", "other")
INVENTED = ("hallucination", "incomplete", "retrieval", "policy_or_compliance", "model_update")
BROKEN = ("tool", "incomplete", "hallucination", "security", "human")


def mending(name: str) -> float:
    return MANUAL_MINUTES[name] * MENDING_SHARE


def short(llm: Llm, success: float, latency_ms: int) -> Leg:
    return Leg(llm, success, 1, published.AZURE_SHORT_INPUT, published.AZURE_SHORT_OUTPUT, latency_ms)


def chat(llm: Llm, success: float, latency_ms: int) -> Leg:
    return Leg(llm, success, 1, published.AZURE_CHAT_INPUT, published.AZURE_CHAT_OUTPUT, latency_ms)


def served(llm: Llm, success: float, calls: float, cost: float, latency_ms: int) -> Leg:
    """A conversation as long as the one for which the frontier model's cost was published."""
    tokens = input_for(cost, calls, published.MOONCAKE_OUTPUT, OPUS)
    return Leg(llm, success, calls, tokens, published.MOONCAKE_OUTPUT, latency_ms)


def retail(llm: Llm, success: float, latency_ms: int) -> Leg:
    return served(llm, success, RETAIL_CALLS, published.TAU2_RETAIL_FRONTIER_COST, latency_ms)


def airline(llm: Llm, success: float, latency_ms: int) -> Leg:
    return served(llm, success, AIRLINE_CALLS, published.TAU2_AIRLINE_FRONTIER_COST, latency_ms)


def patch(llm: Llm, success: float, calls: float, cost: float, latency_ms: int) -> Leg:
    tokens = input_for(cost, calls, published.MOONCAKE_OUTPUT, llm)
    return Leg(llm, success, calls, tokens, published.MOONCAKE_OUTPUT, latency_ms)


def change(llm: Llm, success: float, latency_ms: int) -> Leg:
    return Leg(llm, success, PULL_REQUEST_CALLS, published.MOONCAKE_INPUT, published.MOONCAKE_OUTPUT, latency_ms)


TICKET_TRIAGE = Kind(
    name="ticket_triage", team="Customer Support", code="triage", outcomes=0.9,
    policies=(
        Policy("commodity", (short(GPT_4O_MINI, published.HEADLINES_COMMODITY_CORRECT, 600),), 8400),
        Policy("frontier", (short(GPT_4O, published.HEADLINES_FRONTIER_CORRECT, 900),), 3600),
    ),
    rework=Rework("support_agent", "redo", MANUAL_MINUTES["ticket_triage"], 0.008, 0.0, 0.0, MISREAD,
                  audits=1, audit_minutes=1),
)  # fmt: skip

DOCUMENT_TAGGING = Kind(
    name="document_tagging", team="Legal", code="tag", outcomes=0.4, hardness=0.02,
    policies=(
        Policy("commodity", (short(GPT_4O_MINI, published.OVERRULING_COMMODITY_CORRECT, 600),), 3400),
        Policy("commodity-batch", (short(GPT_4O_MINI, published.OVERRULING_COMMODITY_CORRECT, 40_000),), 2500,
               service_tier="batch"),
        Policy("frontier", (short(GPT_4O, published.OVERRULING_FRONTIER_CORRECT, 900),), 2600),
    ),
    rework=Rework("paralegal", "redo", MANUAL_MINUTES["document_tagging"], 0.015, 0.0, 0.0, MISREAD,
                  audits=1, audit_minutes=1),
)  # fmt: skip

SHOP_ANSWER = Kind(
    name="shop_answer", team="Marketing", code="shop", outcomes=0.5,
    policies=(
        Policy("commodity", (chat(GEMMA, published.SCIQ_COMMODITY_CORRECT, 1500),), 2500),
        Policy("frontier", (chat(GPT_4O, published.SCIQ_FRONTIER_CORRECT, 2200),), 2500),
    ),
    rework=Rework("support_agent", "support", MANUAL_MINUTES["shop_answer"], 0.02, 0.01, mending("shop_answer"),
                  INVENTED, audits=3, audit_minutes=2),
    helpers=(Helper("embedding", EMBEDDING, 0.5, 30, 0),),
)  # fmt: skip

SUPPORT_REPLY = Kind(
    name="support_reply", team="Customer Support", code="reply", outcomes=0.7, finals=0.3,
    policies=(
        Policy("frontier", (retail(OPUS, published.TAU2_RETAIL_FRONTIER_PASSED, 4200),), 1550, 150),
        Policy("commodity", (retail(GPT_41_MINI, published.TAU2_RETAIL_COMMODITY_PASSED, 1800),), 50, 1450),
    ),
    rework=Rework("support_agent", "redo", MANUAL_MINUTES["support_reply"], 0.8, 0.1, mending("support_reply"),
                  INVENTED, audits=10, audit_minutes=3),
    helpers=(Helper("triage", GPT_5_NANO, 0.2, 600, 20), Helper("guardrail", FLASH_LITE, 0.3, 900, 12)),
)  # fmt: skip

CLAIM_ASSESSMENT = Kind(
    name="claim_assessment", team="Property Claims", code="claim", outcomes=0.8, finals=0.5, reports_cost=0.3,
    policies=(
        Policy("commodity", (airline(GPT_41_MINI, published.TAU2_AIRLINE_COMMODITY_PASSED, 2000),), 700,
               complexity=SORTED_EASY),
        Policy("mid", (airline(GPT_41, published.TAU2_AIRLINE_MID_PASSED, 2800),), 400),
        Policy("frontier", (airline(OPUS, published.TAU2_AIRLINE_FRONTIER_PASSED, 4500),), 700,
               complexity=SORTED_HARD),
    ),
    rework=Rework("adjuster", "redo", MANUAL_MINUTES["claim_assessment"], 0.9, 0.12, mending("claim_assessment"),
                  INVENTED, audits=10, audit_minutes=6),
    helpers=(Helper("guardrail", FLASH_LITE, 0.25, 1200, 12),),
)  # fmt: skip

CONTRACT_REVIEW = Kind(
    name="contract_review", team="Legal", code="contract", outcomes=0.9, valued=1.0,
    policies=(
        Policy("commodity", (Leg(
            GPT_5_MINI, published.MCPMARK_COMMODITY_PASSED, published.MCPMARK_COMMODITY_TURNS,
            published.MCPMARK_COMMODITY_INPUT / published.MCPMARK_COMMODITY_TURNS,
            published.MCPMARK_COMMODITY_OUTPUT / published.MCPMARK_COMMODITY_TURNS, 9000,
        ),), 120),
        Policy("frontier", (Leg(
            GPT_5, published.MCPMARK_FRONTIER_PASSED, published.MCPMARK_FRONTIER_TURNS,
            published.MCPMARK_FRONTIER_INPUT / published.MCPMARK_FRONTIER_TURNS,
            published.MCPMARK_FRONTIER_OUTPUT / published.MCPMARK_FRONTIER_TURNS, 16000,
        ),), 130),
    ),
    rework=Rework("counsel", "redo", MANUAL_MINUTES["contract_review"], 0.9, 0.3, mending("contract_review"),
                  INVENTED, audits=3, audit_minutes=15),
    helpers=(Helper("embedding", EMBEDDING, 0.6, 4000, 0),),
)  # fmt: skip

PULL_REQUEST = Kind(
    name="pull_request", team="Engineering", code="pr", outcomes=0.9,
    policies=(
        Policy("mid", (change(HAIKU, published.AIDEV_MID_MERGED, 5000),), 450),
        Policy("frontier", (change(SONNET, published.AIDEV_FRONTIER_MERGED, 7000),), 450),
    ),
    rework=Rework("developer", "redo", MANUAL_MINUTES["pull_request"], 0.15, published.METR_REWORKED_SHARE,
                  published.METR_REWORK_MINUTES / published.METR_REWORKED_SHARE, BROKEN,
                  reviews=published.AIDEV_REVIEWS_PER_MERGED, audits=3, audit_minutes=10),
)  # fmt: skip

# Tasks that the first model fails and the tests reject go on to the second: the hard ones, dearer than the average.
ESCALATED = 1 - published.SWEBENCH_COMMODITY_RESOLVED
RESCUED = (published.SWEBENCH_CASCADE_RESOLVED - published.SWEBENCH_COMMODITY_RESOLVED) / ESCALATED
RESCUE_COST = (published.SWEBENCH_CASCADE_COST - published.SWEBENCH_COMMODITY_COST) / ESCALATED
RESCUE_CALLS = published.SWEBENCH_FRONTIER_CALLS * RESCUE_COST / published.SWEBENCH_FRONTIER_COST

CHEAP_PATCH = patch(GPT_5_MINI, published.SWEBENCH_COMMODITY_RESOLVED, published.SWEBENCH_COMMODITY_CALLS,
                    published.SWEBENCH_COMMODITY_COST, 6000)  # fmt: skip
DEAR_PATCH = patch(OPUS, published.SWEBENCH_FRONTIER_RESOLVED, published.SWEBENCH_FRONTIER_CALLS,
                   published.SWEBENCH_FRONTIER_COST, 8000)  # fmt: skip

BUG_FIX = Kind(
    name="bug_fix", team="Engineering", code="bug", outcomes=0.95, finals=0.5,
    policies=(
        Policy("commodity", (CHEAP_PATCH,), 150),
        Policy("cascade", (CHEAP_PATCH, patch(OPUS, RESCUED, RESCUE_CALLS, RESCUE_COST, 8000)), 330),
        Policy("frontier", (DEAR_PATCH,), 220),
    ),
    rework=Rework("developer", "review", 1.5, 1.0, 0.0, 0.0, BROKEN, audits=2, audit_minutes=1),
    helpers=(Helper("judge", GPT_5_NANO, 1.0, 1500, 40),),
)  # fmt: skip

KINDS = (
    TICKET_TRIAGE, DOCUMENT_TAGGING, SHOP_ANSWER, SUPPORT_REPLY,
    CLAIM_ASSESSMENT, CONTRACT_REVIEW, PULL_REQUEST, BUG_FIX,
)  # fmt: skip
