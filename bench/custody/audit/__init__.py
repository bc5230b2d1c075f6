"""For whoever checks the record: one handset's bundle, its history to read, two records compared.

What decides is pure; what reads takes a connection and is told what to look for.
"""
