"""The FinOps Open Cost and Usage Specification (FOCUS) 1.2: its columns and the rules of a row."""
