"""What the central store makes of its events so that it can be looked up."""
