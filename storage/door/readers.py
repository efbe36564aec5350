"""Readers: login roles of PostgreSQL that may read the reporting views, and do nothing else."""

import re
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.engine import writing
from storage.errors import ArchiveError
from storage.views import view_names

if TYPE_CHECKING:
    import psycopg

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# Each: what a role is that is more than a reader, and the query that finds it.
_FAULTS = (
    (
        "it is, or is a member of, {0}, which may do more than read",
        """
        SELECT rolname FROM pg_roles
        WHERE pg_has_role(session_user, oid, 'MEMBER') AND (
            rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
            OR rolname LIKE 'pg\\_%')
        ORDER BY rolname <> session_user, rolname LIMIT 1
        """,
    ),
    ("it has switched roles", "SELECT 1 WHERE session_user <> current_user"),
    (
        "it owns {0}",
        """
        SELECT name FROM (
            SELECT relowner AS owner, relname AS name FROM pg_class
            UNION ALL SELECT proowner, proname FROM pg_proc
            UNION ALL SELECT nspowner, nspname FROM pg_namespace
            UNION ALL SELECT datdba, datname FROM pg_database
        ) AS owned WHERE pg_has_role(session_user, owner, 'MEMBER') ORDER BY name LIMIT 1
        """,
    ),
    (
        "it may write to {0}",
        """
        SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname !~ '^(pg_|information_schema$)'
            AND has_schema_privilege(n.oid, 'USAGE') AND CASE
            WHEN c.relkind = 'S' THEN has_sequence_privilege(c.oid, 'USAGE, UPDATE')
            WHEN c.relkind IN ('r', 'p', 'v', 'f', 'm') THEN
                has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
                OR has_any_column_privilege(c.oid, 'INSERT, UPDATE')
            ELSE false END
        ORDER BY 1 LIMIT 1
        """,
    ),
    (
        "it may make things in schema {0}; REVOKE CREATE ON SCHEMA {0} FROM PUBLIC",
        """
        SELECT nspname FROM pg_namespace
        WHERE nspname !~ '^(pg_|information_schema$)'
            AND has_schema_privilege(oid, 'CREATE') LIMIT 1
        """,
    ),
    (
        "it may make schemas in the database",
        "SELECT 1 WHERE has_database_privilege(current_database(), 'CREATE')",
    ),
    (
        "it may call {0}, which acts beyond it; REVOKE EXECUTE on it FROM PUBLIC",
        """
        SELECT p.proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
        LEFT JOIN pg_depend AS d ON d.objid = p.oid AND d.deptype = 'e'
            AND d.classid = 'pg_proc'::regclass
        LEFT JOIN pg_extension AS e ON e.oid = d.refobjid
        WHERE n.nspname !~ '^(pg_|information_schema$)' AND has_schema_privilege(n.oid, 'USAGE')
            AND has_function_privilege(p.oid, 'EXECUTE')
            AND p.prorettype <> 'trigger'::regtype
            AND (p.prosecdef OR e.extname IN ('dblink', 'adminpack', 'file_fdw', 'postgres_fdw'))
        ORDER BY 1 LIMIT 1
        """,
    ),
    (
        "it may use the foreign server {0}",
        "SELECT srvname FROM pg_foreign_server WHERE has_server_privilege(oid, 'USAGE') LIMIT 1",
    ),
)
_READERS = """
    SELECT DISTINCT r.rolname FROM pg_class AS c, aclexplode(c.relacl) AS a
    JOIN pg_roles AS r ON r.oid = a.grantee
    WHERE c.relkind = 'v' AND c.relnamespace = current_schema()::regnamespace
        AND c.relname = ANY(:views) AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
    ORDER BY 1
"""


def faults(connection: "psycopg.Connection[Any]") -> list[str]:
    """Return in which ways the role that is logged in is more than a reader."""
    found = []
    for said, query in _FAULTS:
        row = connection.execute(query.encode()).fetchone()
        if row is not None:
            found.append(said.format(*row))
    return found


def grant_reader(engine: Engine, name: str, password: str | None) -> str | None:
    """Make a login role that may read the reporting views alone, or bring it up to date.

    Returns the password where one was made up: for a new role for which none was given. Raises
    ArchiveError where the name is taken by a role that is more than a reader.
    """
    if engine.dialect.name != "postgresql":
        raise ArchiveError("readers are for PostgreSQL; an SQLite file is opened for reading alone")
    if not _NAME.fullmatch(name) or name.startswith("pg_"):
        raise ArchiveError(f"{name!r} is no role's name: a-z, 0-9 and _, at most 63, not pg_…")
    with writing(engine) as connection:
        is_new = not _exists(connection, name)
        made = secrets.token_urlsafe(18) if is_new and password is None else None
        if is_new:
            connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN NOINHERIT CONNECTION LIMIT 10")
        else:
            _require_plain(connection, name)
        if secret := password or made:
            _set_password(connection, name, secret)
        _restrict(connection, name)
        grant_views(connection, [name])
    return made


def _exists(connection: Connection, name: str) -> bool:
    query = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name")
    return connection.scalar(query, {"name": name}) is not None


def _require_plain(connection: Connection, name: str) -> None:
    query = sa.text(
        "SELECT 1 FROM pg_roles AS r WHERE r.rolname = :name AND (rolsuper OR rolcreaterole OR "
        "rolcreatedb OR rolreplication OR rolbypassrls OR NOT rolcanlogin OR EXISTS "
        "(SELECT 1 FROM pg_auth_members AS m WHERE m.member = r.oid) OR EXISTS "
        "(SELECT 1 FROM pg_shdepend AS d WHERE d.refobjid = r.oid AND d.deptype = 'o'))"
    )
    if connection.scalar(query, {"name": name}):
        raise ArchiveError(f"there is a role {name} that is more than a reader; take another name")


def _set_password(connection: Connection, name: str, password: str) -> None:
    """Set a password by its hash, so that it stands in no log of the server."""
    driver: Any = connection.connection.driver_connection
    coded = driver.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
    connection.exec_driver_sql(f"ALTER ROLE {name} PASSWORD '{coded.decode()}'")


def _restrict(connection: Connection, name: str) -> None:
    """Give a role careful defaults, for those who log in with other programs."""
    for setting in (
        "default_transaction_read_only = on",
        "statement_timeout = '60s'",
        "idle_in_transaction_session_timeout = '60s'",
        "timezone = 'UTC'",
    ):
        connection.exec_driver_sql(f"ALTER ROLE {name} SET {setting}")
    if connection.scalar(sa.text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        connection.exec_driver_sql(f"ALTER ROLE {name} SET temp_file_limit = '2GB'")


def find_readers(connection: Connection) -> list[str]:
    """Return the roles, other than their owner, that may read any reporting view."""
    if connection.dialect.name != "postgresql":
        return []
    return list(connection.scalars(sa.text(_READERS), {"views": view_names()}))


def grant_views(connection: Connection, names: Iterable[str]) -> None:
    """Let roles read all reporting views, as after an upgrade has made them anew."""
    names = list(names)
    if not names:
        return
    quote = connection.dialect.identifier_preparer.quote
    schema = quote(str(connection.scalar(sa.text("SELECT current_schema()"))))
    database = quote(str(connection.scalar(sa.text("SELECT current_database()"))))
    views = ", ".join(view_names())
    for name in map(quote, names):
        connection.exec_driver_sql(f"GRANT CONNECT ON DATABASE {database} TO {name}")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
        connection.exec_driver_sql(f"GRANT SELECT ON {views} TO {name}")
