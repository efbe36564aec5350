"""Alembic's way in: with the connection `storage.migrate` hands over, or by command line."""

import os

from alembic import context
from sqlalchemy.engine import Connection

from storage.door.readers import find_readers, grant_views
from storage.engine import open_engine, writing
from storage.migrate import claim
from storage.schema import is_declared
from storage.summaries import rebuild
from storage.tables import metadata
from storage.triggers import create_triggers, drop_triggers
from storage.views import create_views, drop_views


def migrate(connection: Connection) -> None:
    """Run the migrations asked for on one connection, whose transaction is its owner's."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=is_declared,
        transactional_ddl=True,
    )
    claim(connection)
    with context.begin_transaction():
        readers = find_readers(connection)
        drop_views(connection)
        drop_triggers(connection)
        context.run_migrations()
        if context.get_context().get_current_revision() == context.get_head_revision():
            rebuild(connection)
            create_triggers(connection)
            create_views(connection)
            grant_views(connection, readers)


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    url = context.get_x_argument(as_dictionary=True).get("database")
    url = url or os.environ.get("VARIORUM_DATABASE")
    if not url:
        raise SystemExit("name the database: alembic -x database=sqlite:///news.db …")
    with writing(open_engine(url), settled=False) as own:
        migrate(own)
