"""What a code or a device says it is: parsed once, then the type is trusted."""
