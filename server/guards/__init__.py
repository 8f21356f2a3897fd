"""What every request passes: who asks, whether they may, from where, how long; errors in words."""
