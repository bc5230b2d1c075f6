"""Corrections and undo: what was wrong stays in the record, and beside it what is right."""
