"""LiteLLM's generic callback (1.106 to 1.109): StandardLoggingPayloads become calls."""
