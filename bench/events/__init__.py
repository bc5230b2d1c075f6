"""The bench's words: facts in (past tense), orders out (imperative), views for whoever looks.

All are frozen values without behaviour. Each room is imported by its own name, so that the window
loads no more of them than it shows.
"""
