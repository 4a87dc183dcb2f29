"""Courses in a database, SQLite or PostgreSQL, through SQLAlchemy Core. Nothing heavy is imported by this name."""
