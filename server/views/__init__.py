"""What each page says: records and words in, texts and pictures out; no database, no HTML."""
