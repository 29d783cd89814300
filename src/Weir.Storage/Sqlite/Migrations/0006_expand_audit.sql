-- What happened, chained: hash = sha256(hash of the row before, seq, chain, body). Times are microseconds (UTC since 1970).
CREATE TABLE audit_log (
    chain   TEXT    NOT NULL, -- the replica that wrote it
    seq     INTEGER NOT NULL, -- from 1, without holes
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    call_id TEXT,
    body    TEXT    NOT NULL, -- JSON; what is hashed
    hash    BLOB    NOT NULL,
    PRIMARY KEY (chain, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_log_by_time ON audit_log (at, chain, seq);

-- A model call is found by its row in request_log and then by time: an index on every call would cost as much as the row.
CREATE INDEX audit_log_by_call ON audit_log (call_id) WHERE kind <> 'model_call' AND call_id IS NOT NULL;

-- How far each chain is; moves in the transaction of the rows.
CREATE TABLE audit_chains (
    chain TEXT    PRIMARY KEY,
    seq   INTEGER NOT NULL,
    hash  BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- What replicas saw of all chains, signed.
CREATE TABLE audit_checkpoints (
    signer TEXT    NOT NULL,
    number INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    token  TEXT    NOT NULL,
    PRIMARY KEY (signer, number)
) STRICT, WITHOUT ROWID;

-- Rows that were deleted on purpose.
CREATE TABLE audit_stretches (
    chain    TEXT    NOT NULL,
    from_seq INTEGER NOT NULL,
    to_seq   INTEGER NOT NULL,
    previous BLOB    NOT NULL, -- hash of the row before the first
    last     BLOB    NOT NULL, -- hash of the last
    token    TEXT    NOT NULL,
    PRIMARY KEY (chain, from_seq)
) STRICT, WITHOUT ROWID;
