-- +goose Up

-- A requester said that a session feels wrong. The row is also the hold: what is
-- kept of its session may not be deleted.
CREATE TABLE alarm (
    session   TEXT   NOT NULL PRIMARY KEY REFERENCES session (id),
    raised_at BIGINT NOT NULL,
    seen_at   BIGINT NOT NULL DEFAULT 0, -- an administrator took it up
    seen_by   TEXT   NOT NULL DEFAULT '',
    told_at   BIGINT NOT NULL DEFAULT 0, -- the webhook took it
    tries     BIGINT NOT NULL DEFAULT 0, -- so far
    try_at    BIGINT NOT NULL            -- not before
);

-- +goose Down
DROP TABLE alarm;
