"""One change of the schema a file; each knows the one before it."""
