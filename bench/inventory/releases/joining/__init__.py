"""People who are sent down: whom a bench enrols, changes or lets go because a release says so."""
