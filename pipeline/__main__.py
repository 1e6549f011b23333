"""`python -m pipeline` is `wenzhai`."""

from pipeline.cli import main

main()
