-- Which processes use this database: a step that takes something away waits for those that still need it.
CREATE TABLE replicas (
    id      TEXT    PRIMARY KEY,
    version TEXT    NOT NULL,
    level   INTEGER NOT NULL, -- number of the last script that its build knows
    beat_at REAL    NOT NULL  -- seconds since 1970, by the database's clock
) STRICT;
