"""Secrets that people and devices carry: 256 random bits, of which only the SHA-256 is kept.

A random token of this length cannot be guessed, so a plain hash is enough (no salt, no stretching);
whoever reads the database cannot use what is in it.
"""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """A fresh secret, safe in a URL; shown once, never stored."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> bytes:
    """What is stored of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()
