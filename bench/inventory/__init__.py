"""The central inventory: what a bench tells it, exactly once and in order."""
