"""Handsets over Android Debug Bridge: a client of the ADB server, and the bench's ports on it."""
