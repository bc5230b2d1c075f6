"""The roll-out in the window: its figures, its plots and its tables."""
