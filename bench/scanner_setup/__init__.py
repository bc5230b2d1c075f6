"""The paper that comes with a scanner: how it is set up, codes that try it, and slot cards."""
