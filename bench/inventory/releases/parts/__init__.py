"""The parts of a release: what each kind says, read strictly into values and spelled in one way."""
