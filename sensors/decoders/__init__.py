"""One pure module per wire format: bytes in, measured values out."""
