"""What is done for the record while the bench works, beside it and never in its way.

Checkpoints are signed, witnesses and a time-stamping authority asked, backups made, questions put;
what stands in the way of any of it is told to the station and told to be over.
"""
