"""A database engine: Django's own for PostgreSQL, on the embedded server, started when first needed."""
