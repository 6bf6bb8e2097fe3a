"""Why the embedded server cannot run."""


class CannotStart(Exception):
    """The embedded server cannot run here; the message says what to do."""


class AlreadyRunning(CannotStart):
    """Another process of this checkout owns a running server."""
