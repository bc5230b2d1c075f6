"""What a desk is made of: tasks that decide and write nothing, turns that say what is to be done.

Whoever hosts a desk (`bench.staging.stock_desk`) hands it what comes, commits what it asks for, and
only then shows it.
"""
