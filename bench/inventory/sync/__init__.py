"""The exchange of one bench's record with the central store: what is next, and what is kept."""
