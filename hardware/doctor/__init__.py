"""The doctor's rows of what stands on the bench: rules, seat, ADB, printer, scanners, USB, disk."""
