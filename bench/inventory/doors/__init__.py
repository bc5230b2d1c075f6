"""The ways to the central store: PostgreSQL itself, HTTPS, or files that are carried there."""
