"""The command line of the bench: its words, and what it says in answer."""
