"""The central store as its administrator sees it: set up, certificates, benches, reports."""
