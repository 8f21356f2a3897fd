"""Steadyrep on a home or clinic network: its own certificates, and the way to it for a phone."""
