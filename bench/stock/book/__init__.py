"""The book beside the record: what files said, and pages that are folded from the record.

The record is the truth of what happened; a page can be torn out and folded again at any time. What
files said (orders, despatch notes, SIMs, licences, budgets) is no custody event and stands here
alone; that a file was taken is one.
"""
