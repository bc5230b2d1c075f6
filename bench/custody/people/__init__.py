"""Who may act at the bench, how they show who they are, and what takes two of them."""
