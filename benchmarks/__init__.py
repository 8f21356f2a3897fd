"""What the program can do, measured: `python -m benchmarks` writes docs/BENCHMARKS.md."""
