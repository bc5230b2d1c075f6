"""The day's reconciliation: what was counted in is somewhere, and what is not has a name."""
