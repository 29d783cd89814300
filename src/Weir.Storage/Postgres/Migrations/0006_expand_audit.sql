-- What happened, chained: hash = sha256(hash of the row before, seq, chain, body). Times are microseconds (UTC since 1970).
CREATE TABLE audit_log (
    chain   text   NOT NULL, -- the replica that wrote it
    seq     bigint NOT NULL, -- from 1, without holes
    at      bigint NOT NULL,
    kind    text   NOT NULL,
    call_id text,
    body    text   NOT NULL, -- JSON; what is hashed
    hash    bytea  NOT NULL,
    PRIMARY KEY (chain, seq)
);

CREATE INDEX audit_log_by_time ON audit_log (at, chain, seq);

-- A model call is found by its row in request_log and then by time: an index on every call would cost as much as the row.
CREATE INDEX audit_log_by_call ON audit_log (call_id) WHERE kind <> 'model_call' AND call_id IS NOT NULL;

-- How far each chain is; moves in the transaction of the rows.
CREATE TABLE audit_chains (
    chain text   PRIMARY KEY,
    seq   bigint NOT NULL,
    hash  bytea  NOT NULL
);

-- What replicas saw of all chains, signed.
CREATE TABLE audit_checkpoints (
    signer text   NOT NULL,
    number bigint NOT NULL,
    at     bigint NOT NULL,
    token  text   NOT NULL,
    PRIMARY KEY (signer, number)
);

-- Rows that were deleted on purpose.
CREATE TABLE audit_stretches (
    chain    text   NOT NULL,
    from_seq bigint NOT NULL,
    to_seq   bigint NOT NULL,
    previous bytea  NOT NULL, -- hash of the row before the first
    last     bytea  NOT NULL, -- hash of the last
    token    text   NOT NULL,
    PRIMARY KEY (chain, from_seq)
);
