"""Where events live: the port every store follows, and the stores that come with the library."""
