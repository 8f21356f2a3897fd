"""What is prescribed, how it goes on, and what of it was done. Pure: records in, proposals out."""
