"""The page of the audit trail and its JSON twin: they show what all applications do."""
