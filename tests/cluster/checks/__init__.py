"""One file a subject: each has `check(bench, results)`."""
