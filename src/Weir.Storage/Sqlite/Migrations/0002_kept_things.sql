-- Files and batches that upstreams keep, by owner: what a list of one's own things is made of. The ids are the owner's, and hold where each thing is.
CREATE TABLE kept_things (
    seq    INTEGER PRIMARY KEY, -- the order in which they were made
    owner  TEXT NOT NULL,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    body   BLOB NOT NULL,       -- what the owner was told last, as JSON
    UNIQUE (owner, kind, id)
);
