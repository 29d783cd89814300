-- One row per finished request. Money is nano-dollars, times are microseconds (UTC since 1970), an empty text is NULL.
CREATE TABLE request_log (
    id                      INTEGER PRIMARY KEY,
    call_id                 TEXT,
    started_at              INTEGER NOT NULL,
    operation               TEXT    NOT NULL,
    streamed                INTEGER NOT NULL,
    key_hash                ANY,     -- 32 bytes of a sha256; a text when the key was not one
    requested_model         TEXT,
    model_group             TEXT,
    deployment_id           TEXT,
    provider                TEXT,
    upstream_model          TEXT,
    end_user                TEXT,
    outcome                 TEXT    NOT NULL,
    status                  INTEGER NOT NULL,
    error_type              TEXT,
    prompt_tokens           INTEGER NOT NULL,
    completion_tokens       INTEGER NOT NULL,
    total_tokens            INTEGER NOT NULL,
    cached_prompt_tokens    INTEGER NOT NULL,
    cache_write_tokens      INTEGER NOT NULL,
    reasoning_tokens        INTEGER NOT NULL,
    audio_prompt_tokens     INTEGER NOT NULL,
    audio_completion_tokens INTEGER NOT NULL,
    usage_estimated         INTEGER NOT NULL,
    cost_nanos              INTEGER NOT NULL,
    cost_known              INTEGER NOT NULL,
    duration_us             INTEGER NOT NULL,
    ttft_us                 INTEGER,
    overhead_us             INTEGER NOT NULL,
    fallbacks               INTEGER NOT NULL,
    attempts                INTEGER NOT NULL,
    decision                BLOB    NOT NULL
) STRICT;

CREATE INDEX request_log_by_call  ON request_log (call_id);
CREATE INDEX request_log_by_time  ON request_log (started_at);
CREATE INDEX request_log_by_key   ON request_log (key_hash, started_at);
CREATE INDEX request_log_by_group ON request_log (model_group, started_at);

-- Up to where each journal segment is in request_log; moves in the same transaction as the rows, so that a replay writes nothing twice.
CREATE TABLE journal_progress (
    segment  INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    moved_at INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;
