"""Whether somebody judged a task, in SQL: `s` is its state. A test holds it to `audits.domain.status`."""

# Whom neither a verdict nor an outcome decided has neither, unless an incident came before them (docs/method.md, 3).
JUDGED = """(s.decided_by IN ('verdict', 'outcome') OR s.decided_by = 'incident' AND (
    EXISTS (SELECT 1 FROM spend_outcome o WHERE o.task_key = s.task_key AND o.latest AND NOT o.withdrawn
        AND o.outcome <> '')
    OR EXISTS (SELECT 1 FROM audits_correction k WHERE k.latest AND NOT k.withdrawn AND k.verdict <> ''
        AND (k.task_key = s.task_key OR k.call_key = s.deciding_call))))"""
