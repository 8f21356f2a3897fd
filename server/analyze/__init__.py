"""A recording through the core, as JSON, tables and a picture."""
