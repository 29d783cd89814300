-- One row per finished request. Money is nano-dollars, times are microseconds (UTC since 1970), an empty text is NULL.
CREATE TABLE request_log (
    id                      bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call_id                 text,
    started_at              bigint  NOT NULL,
    operation               text    NOT NULL,
    streamed                boolean NOT NULL,
    key_hash                text,    -- sha256 in lower-case hex; any text when the key was not one
    requested_model         text,
    model_group             text,
    deployment_id           text,
    provider                text,
    upstream_model          text,
    end_user                text,
    outcome                 text    NOT NULL,
    status                  integer NOT NULL,
    error_type              text,
    prompt_tokens           bigint  NOT NULL,
    completion_tokens       bigint  NOT NULL,
    total_tokens            bigint  NOT NULL,
    cached_prompt_tokens    bigint  NOT NULL,
    cache_write_tokens      bigint  NOT NULL,
    reasoning_tokens        bigint  NOT NULL,
    audio_prompt_tokens     bigint  NOT NULL,
    audio_completion_tokens bigint  NOT NULL,
    usage_estimated         boolean NOT NULL,
    cost_nanos              bigint  NOT NULL,
    cost_known              boolean NOT NULL,
    duration_us             bigint  NOT NULL,
    ttft_us                 bigint,
    overhead_us             bigint  NOT NULL,
    fallbacks               integer NOT NULL,
    attempts                integer NOT NULL,
    decision                bytea   NOT NULL
);

-- The journal keeps at most 1,024 bytes of a text, which is less than an index entry may have.
CREATE INDEX request_log_by_call  ON request_log (call_id);
CREATE INDEX request_log_by_time  ON request_log (started_at, id);
CREATE INDEX request_log_by_key   ON request_log (key_hash, started_at, id);
CREATE INDEX request_log_by_group ON request_log (model_group, started_at, id);

-- Up to where each journal segment is in request_log; moves in the same transaction as the rows, so that a replay writes nothing twice.
CREATE TABLE journal_progress (
    segment  bigint      PRIMARY KEY,
    position bigint      NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT now()
);
