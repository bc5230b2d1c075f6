"""Taking releases down at a bench: whole or not at all, and what there is of them."""
