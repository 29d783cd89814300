-- What scopes have spent and may spend. Money is nano-dollars, times are microseconds (UTC since 1970) unless they say seconds.
-- settled + leased + lost <= limit holds at every instant; only an upstream that used more than its bound can push settled beyond it.
CREATE TABLE budget_windows (
    scope_kind   TEXT    NOT NULL,
    scope_id     TEXT    NOT NULL,
    duration     TEXT    NOT NULL,           -- as written (30d); empty for all time
    window_start INTEGER NOT NULL,           -- seconds; 0 for all time
    settled      INTEGER NOT NULL DEFAULT 0,
    leased       INTEGER NOT NULL DEFAULT 0, -- lent to replicas, not spent yet
    lost         INTEGER NOT NULL DEFAULT 0, -- lent, expired, perhaps spent
    wanted_at    INTEGER NOT NULL DEFAULT 0, -- when a replica was last refused while others held money
    PRIMARY KEY (scope_kind, scope_id, duration, window_start)
) STRICT, WITHOUT ROWID;

-- Money lent to one replica. The epoch is the token that charges carry.
CREATE TABLE budget_slices (
    epoch        INTEGER PRIMARY KEY AUTOINCREMENT,
    scope_kind   TEXT    NOT NULL,
    scope_id     TEXT    NOT NULL,
    duration     TEXT    NOT NULL,
    window_start INTEGER NOT NULL,
    replica      TEXT    NOT NULL,
    amount       INTEGER NOT NULL,           -- what is not settled of it
    deadline     INTEGER NOT NULL,
    lost_at      INTEGER                     -- when it expired: its amount then stands in budget_windows.lost
) STRICT;

CREATE INDEX budget_slices_by_window  ON budget_slices (scope_kind, scope_id, duration, window_start);
CREATE INDEX budget_slices_by_replica ON budget_slices (replica);

-- Requests that were begun and whose row has not come yet, each as the row that it becomes if none comes.
CREATE TABLE open_requests (
    replica TEXT    NOT NULL,
    ticket  INTEGER NOT NULL,
    row     BLOB    NOT NULL,
    PRIMARY KEY (replica, ticket)
) STRICT, WITHOUT ROWID;
