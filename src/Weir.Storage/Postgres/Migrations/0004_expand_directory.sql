-- Keys, teams, users and the like: JSON documents, with what is searched for beside them. Times are microseconds (UTC since 1970).
-- A document is kept byte for byte (fields of a later build survive); read one with convert_from(document, 'UTF8')::jsonb.
CREATE TABLE directory (
    kind            text   NOT NULL,
    id              text   NOT NULL COLLATE "C",
    alias           text,
    team_id         text,
    user_id         text,
    organization_id text,
    document        bytea  NOT NULL,
    created_at      bigint NOT NULL,
    updated_at      bigint NOT NULL,
    revision        bigint NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE UNIQUE INDEX directory_by_alias ON directory (kind, alias) WHERE alias IS NOT NULL;
CREATE INDEX directory_by_time         ON directory (kind, created_at, id);
CREATE INDEX directory_by_team         ON directory (kind, team_id, created_at, id) WHERE team_id IS NOT NULL;
CREATE INDEX directory_by_user         ON directory (kind, user_id, created_at, id) WHERE user_id IS NOT NULL;
CREATE INDEX directory_by_organization ON directory (kind, organization_id, created_at, id) WHERE organization_id IS NOT NULL;

-- What was changed last, and when in the order of changes: other replicas ask from where they were. One row per thing, so it stays small.
CREATE TABLE directory_changes (
    revision bigint PRIMARY KEY,
    kind     text   NOT NULL,
    id       text   NOT NULL COLLATE "C",
    UNIQUE (kind, id)
);
