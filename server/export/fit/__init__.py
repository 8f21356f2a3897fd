"""An export as FIT activities: what training logs and watches' portals take in."""
