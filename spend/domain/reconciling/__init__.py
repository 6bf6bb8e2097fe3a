"""What was computed from logged calls against what a provider billed, and why they differ (docs/reconciling.md)."""
