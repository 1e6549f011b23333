"""What each `wenzhai` command does, except run and the stages, in one file each; cli/ parses the command line and
prints."""
