"""Other ways to count, each a pure function `count(acc_ms2 (n, 3), rate_hz) -> int`.

What is published or what a user would write, made afresh from its description. All are told the
same: that the signal is one set, and nothing of the exercise. `foreign` asks packages that are no
dependency of the project, in an environment of their own.
"""
