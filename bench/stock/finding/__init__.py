"""Finding: a handset, SIM, consignment, order or holder by whatever is known of it; and lists."""
