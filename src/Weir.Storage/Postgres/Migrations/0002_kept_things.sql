-- Files and batches that upstreams keep, by owner: what a list of one's own things is made of. The ids are the owner's, and hold where each thing is.
CREATE TABLE kept_things (
    seq   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the order in which they were made
    owner text   NOT NULL,
    kind  text   NOT NULL,
    id    text   NOT NULL,
    body  bytea  NOT NULL, -- what the owner was told last, as JSON
    UNIQUE (owner, kind, id)
);
