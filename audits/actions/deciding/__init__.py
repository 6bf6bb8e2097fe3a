"""The questions that decide: each brings everything committed up to date, reads, and lets the domain answer."""
