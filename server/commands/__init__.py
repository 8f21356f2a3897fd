"""One command of `steadyrep` a module; heavy imports happen inside the command."""
