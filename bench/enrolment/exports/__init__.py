"""Upload files for enrolment services: made of handsets, proven, and found again."""
