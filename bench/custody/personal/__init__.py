"""What is known of people, kept apart from the record so that it can be erased."""
