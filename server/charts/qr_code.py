"""A QR code as SVG, to stand in a page."""

import segno

MODULE_PX = 5


def qr_svg(address: str) -> str:
    """Black on white whatever the page's colours: that is what cameras read."""
    made = segno.make(address, error="m")
    svg: str = made.svg_inline(scale=MODULE_PX, dark="#000", light="#fff")
    return svg
