"""What somebody starts from: a whole small protocol, a variant, a first vignette, and a workflow for CI."""
