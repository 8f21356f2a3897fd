"""Shaking: from samples to judged windows, in the order of docs/tremor.md.

`filters`, `limiter` and `faults` prepare the band; `spectrum` and `spectra` make short and long
spectra; `contrast` and `scores` say how much each frequency looks like an oscillation; `peak`
measures it, and `rhythm` the movement beside it; `verdict` decides and `judge` applies it window by
window; `meter` is the stream's door. `params` and `setup` hold the numbers, `history` what is
remembered.
"""
