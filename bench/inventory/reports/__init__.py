"""What the central store tells people and monitors: benches, books, one handset's history."""
