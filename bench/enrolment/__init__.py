"""The ways into management: what a profile asks a bench to do to a handset."""
