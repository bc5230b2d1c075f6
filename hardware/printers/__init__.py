"""Label printers: what they are sent and what they answer."""
