"""The bench's USB: what is plugged where, in which mode, and what the controllers can bear."""
