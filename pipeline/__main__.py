"""`python -m pipeline` is `wenzhai`."""

from pipeline.cli import main

if __name__ == "__main__":  # a process that validate starts imports this file too
    main()
