-- Keys, teams, users and the like: JSON documents, with what is searched for beside them. Times are microseconds (UTC since 1970).
CREATE TABLE directory (
    kind            TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    alias           TEXT,
    team_id         TEXT,
    user_id         TEXT,
    organization_id TEXT,
    document        BLOB    NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    revision        INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX directory_by_alias ON directory (kind, alias) WHERE alias IS NOT NULL;
CREATE INDEX directory_by_time         ON directory (kind, created_at, id);
CREATE INDEX directory_by_team         ON directory (kind, team_id, created_at, id) WHERE team_id IS NOT NULL;
CREATE INDEX directory_by_user         ON directory (kind, user_id, created_at, id) WHERE user_id IS NOT NULL;
CREATE INDEX directory_by_organization ON directory (kind, organization_id, created_at, id) WHERE organization_id IS NOT NULL;

-- What was changed last, and when in the order of changes: other replicas ask from where they were. One row per thing, so it stays small.
CREATE TABLE directory_changes (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    UNIQUE (kind, id)
) STRICT;
