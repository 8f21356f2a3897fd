"""From events to records, pages and streams."""
