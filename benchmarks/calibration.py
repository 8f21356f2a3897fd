"""A fixed piece of work that tells how fast this machine is, so that speeds can be compared.

It does nothing of the program's: small numpy calls one after the other, where the time goes into
Python; a product of matrices; a Fourier transform. It must never change, or recorded speeds lose
their meaning.
"""

import time

import numpy as np

SMALL_CALLS = 8_000
PRODUCTS = 60
TRANSFORMS = 60


def calibration_s() -> float:
    """Return the processor's seconds for the fixed work, some 0.1 s on a machine of 2024."""
    rng = np.random.default_rng(1)
    small, square = rng.normal(size=60), rng.normal(size=(200, 200))
    long = rng.normal(size=2**15)
    begin_s = time.process_time()
    for _ in range(SMALL_CALLS):
        small = np.tanh(small * 1.01 - small.mean())
    for _ in range(PRODUCTS):
        square = square @ square
        square /= np.abs(square).max()
    for _ in range(TRANSFORMS):
        np.fft.rfft(long)
    return time.process_time() - begin_s
