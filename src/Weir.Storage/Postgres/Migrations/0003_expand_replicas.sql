-- Which processes use this database: a step that takes something away waits for those that still need it.
CREATE TABLE replicas (
    id      text        PRIMARY KEY,
    version text        NOT NULL,
    level   integer     NOT NULL, -- number of the last script that its build knows
    beat_at timestamptz NOT NULL
);
