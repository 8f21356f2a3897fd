"""Repetitions and sets: from the grid to the count, in the order of docs/counting.md.

`resampling` makes the uniform grid; `cycles`, `likeness` and `chains` follow the movement live;
`sets` decides when a set begins and ends; `template` (with `windows` and `tiling`), `doubling` and
`gate` look at a finished set as a whole; `phase` and `reps` say when and how each repetition was
done; `given_set` (with `periodicity`) counts where the edges are known.
"""
