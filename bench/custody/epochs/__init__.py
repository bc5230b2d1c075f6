"""What follows a record that is set aside: its next epoch, in a file of its own, in its place."""
