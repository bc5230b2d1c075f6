"""Secrets by name: a profile or setting names one, and this computer keeps it."""
