"""The command line: arguments, progress, summaries, exit codes. Nothing else prints or ends the process."""
