"""Profiles edited in the window: checked while they are written, and saved whole or not at all."""
