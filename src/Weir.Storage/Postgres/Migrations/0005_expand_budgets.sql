-- What scopes have spent and may spend. Money is nano-dollars, times are microseconds (UTC since 1970) unless they say seconds.
-- settled + leased + lost <= limit holds at every instant; only an upstream that used more than its bound can push settled beyond it.
CREATE TABLE budget_windows (
    scope_kind   text   NOT NULL,
    scope_id     text   NOT NULL,
    duration     text   NOT NULL,           -- as written (30d); empty for all time
    window_start bigint NOT NULL,           -- seconds; 0 for all time
    settled      bigint NOT NULL DEFAULT 0,
    leased       bigint NOT NULL DEFAULT 0, -- lent to replicas, not spent yet
    lost         bigint NOT NULL DEFAULT 0, -- lent, expired, perhaps spent
    wanted_at    bigint NOT NULL DEFAULT 0, -- when a replica was last refused while others held money
    PRIMARY KEY (scope_kind, scope_id, duration, window_start)
) WITH (fillfactor = 70);                   -- updated all the time: room for the new version beside the old one

-- Money lent to one replica. The epoch is the token that charges carry. Who writes a slice holds the lock on its window's row.
CREATE TABLE budget_slices (
    epoch        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope_kind   text   NOT NULL,
    scope_id     text   NOT NULL,
    duration     text   NOT NULL,
    window_start bigint NOT NULL,
    replica      text   NOT NULL,
    amount       bigint NOT NULL,           -- what is not settled of it
    deadline     bigint NOT NULL,
    lost_at      bigint                     -- when it expired: its amount then stands in budget_windows.lost
) WITH (fillfactor = 70);

CREATE INDEX budget_slices_by_window  ON budget_slices (scope_kind, scope_id, duration, window_start);
CREATE INDEX budget_slices_by_replica ON budget_slices (replica);

-- Requests that were begun and whose row has not come yet, each as the row that it becomes if none comes.
CREATE TABLE open_requests (
    replica text   NOT NULL,
    ticket  bigint NOT NULL,
    row     bytea  NOT NULL,
    PRIMARY KEY (replica, ticket)
);
