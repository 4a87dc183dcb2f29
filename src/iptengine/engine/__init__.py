"""The shell around the pure core: it reads, decides, appends and answers, and is the one place that asks the time."""
