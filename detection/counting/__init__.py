"""Repetitions and sets: from the grid to the count, in the order of docs/counting.md.

`resampling` makes the uniform grid; `lattice`, `shapes`, `cycles`, `likeness` and `chains` find the
best chain of alike cycles; `opening` tells the first repetition of a known exercise. `sets` decides
when a set begins and ends, `running_set`, `phase` and `following` count it while it goes on, over
the `past` that is kept; `finished` (with `template`, `windows`, `tiling` and `doubling`), `gate`
and `set_features` look at it as a whole; `reps` and `partial` say how each repetition was done.
`given_set` (`periodicity`, `fitting`, `excursion`) counts where the edges are known, `holds` (with
`beats` and `postures`) times what is held.
"""
