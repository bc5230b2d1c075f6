"""Snipe-IT: what it says and means by it, as read in the source of 8.1.4."""
