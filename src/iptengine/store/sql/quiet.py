"""What SQLAlchemy may log of a store's own engine: its statements, and never what goes into them or comes out."""

from __future__ import annotations

import logging
from typing import TypedDict

NAME = "iptengine"
_LOGGER = f"sqlalchemy.engine.Engine.{NAME}"


class QuietSettings(TypedDict):
    """Settings of `sqlalchemy.create_engine`."""

    hide_parameters: bool
    logging_name: str


def quiet_settings() -> QuietSettings:
    """The settings of an engine whose log shows no parameters and, on DEBUG too, no rows."""
    logging.getLogger(_LOGGER).addFilter(_above_rows)
    return {"hide_parameters": True, "logging_name": NAME}


def _above_rows(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG
