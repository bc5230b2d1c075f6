"""What comes back, and what becomes of it: quarantine, release, wiping, the supplier, disposal."""
