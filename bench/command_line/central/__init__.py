"""What the administrator of the central store does at the command line."""
