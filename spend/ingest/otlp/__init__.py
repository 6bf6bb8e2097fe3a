"""OTLP traces: `decoding.decode` is the way in."""
