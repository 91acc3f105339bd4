"""The rules: pure functions of values and ``now``. No I/O, no clock, no randomness."""
