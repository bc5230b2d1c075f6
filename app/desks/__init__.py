"""Desks in the window: a question at a time, answered by a scan, a key, a file or a signature."""
