"""A profile's steps carried out, each proven to have taken: a module for each kind of means."""
