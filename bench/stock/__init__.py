"""What was bought, where it is, who got it, and how the roll-out stands.

What files said lies in the book beside the record (`book`); what happened is in the record, and
the book's pages are folded from it. Desks (`desk`) are worked at by scans and keys.
"""
