"""Releases: what the centre sends down to a bench, signed, versioned, whole or not at all."""
