"""Making releases at the centre: what goes into them, who signs them, and when."""
