"""Licence pools: what was bought, who holds one, what is free, under which purchase."""
