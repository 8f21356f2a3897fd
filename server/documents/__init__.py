"""What the API shows, as typed documents."""
