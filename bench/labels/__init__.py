"""What a label says, where, and as which dots: the same bitmap for preview, file and printer."""
