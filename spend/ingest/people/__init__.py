"""People's work as the tools they work with export it: pull request reviews, worklogs, tickets, any CSV."""
