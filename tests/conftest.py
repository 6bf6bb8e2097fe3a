"""What every test may use."""

pytest_plugins = ["tests.cast", "tests.database", "tests.doors", "tests.strict"]
