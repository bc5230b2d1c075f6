"""A folder that is carried to the centre by hand: what lies in it, who sealed it, how far it is."""
