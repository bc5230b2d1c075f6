"""Reports of any length: rows are read, written and forgotten, one after the other.

A report becomes CSV, JSON lines or PDF; the file is there whole, with its digest known, or not at
all. What draws letters loads fontTools: it is imported where it is used.
"""
