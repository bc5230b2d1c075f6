"""Choosing the profile for the handset in a slot, from those that the bench offers."""
