"""What a `wenzhai` command does, but for run and the stages: a file a command; cli/ reads its words and prints."""
