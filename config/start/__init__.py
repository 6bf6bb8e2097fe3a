"""The first run: from an empty installation to the first report."""
