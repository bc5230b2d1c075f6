"""How this bench stands with the central store: a chip in the window, and a panel behind it."""
