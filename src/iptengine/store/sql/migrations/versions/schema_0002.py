"""The second schema: for each course one row of what the lists of a clinic show, emptied by every event."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_FIRST_DAY, _LAST_DAY = 1, 3652059  # of the calendar, as numbers; a row that is good for no day has them crosswise
_EMPTIED = f"""
ON CONFLICT (course) DO UPDATE SET version = excluded.version, made = '', since = {_LAST_DAY}, until = {_FIRST_DAY},
alerts = false, stuck = false, text = ''
"""
_EVERY_COURSE = """
INSERT INTO iptengine_lists (course, version) SELECT course, max(version) FROM iptengine_events GROUP BY course
"""
_SQLITE = f"""
CREATE TRIGGER iptengine_lists_follow AFTER INSERT ON iptengine_events BEGIN
INSERT INTO iptengine_lists (course, version) VALUES (NEW.course, NEW.version) {_EMPTIED};
END
"""
_POSTGRESQL = (
    f"""
CREATE FUNCTION iptengine_lists_follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
INSERT INTO iptengine_lists (course, version) SELECT course, max(version) FROM added GROUP BY course {_EMPTIED};
RETURN NULL;
END $$
""",
    """
CREATE TRIGGER iptengine_lists_follow AFTER INSERT ON iptengine_events
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION iptengine_lists_follow()
""",
)


def upgrade() -> None:
    op.create_table(
        "iptengine_lists",
        sa.Column("course", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("made", sa.Text, nullable=False, server_default=""),
        sa.Column("since", sa.Integer, nullable=False, server_default=str(_LAST_DAY)),
        sa.Column("until", sa.Integer, nullable=False, server_default=str(_FIRST_DAY)),
        sa.Column("alerts", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("stuck", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("text", sa.Text, nullable=False, server_default=""),
    )
    op.execute(_EVERY_COURSE)
    statements = (_SQLITE,) if op.get_context().dialect.name == "sqlite" else _POSTGRESQL
    for statement in statements:
        op.execute(statement)
