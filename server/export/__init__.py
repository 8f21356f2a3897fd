"""All that is kept of one patient, as files that other programs can read."""
