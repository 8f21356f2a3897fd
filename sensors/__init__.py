"""From the body to sample blocks: the only package that waits on devices."""
