"""The addresses people and devices call."""
