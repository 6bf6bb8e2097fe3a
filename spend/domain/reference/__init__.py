"""Reference data as code (DESIGN 4.5.1): the file's text, its records, what differs from what is there."""
