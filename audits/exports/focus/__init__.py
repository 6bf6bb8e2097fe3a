"""The FOCUS 1.2 export: charges of billing periods as rows, and as CSV. What each column holds: docs/focus.md."""
