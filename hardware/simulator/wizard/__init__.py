"""The set-up wizard of a simulated handset: from its welcome screen to its home screen, managed."""
