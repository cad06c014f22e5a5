-- For how long what is not in the log is kept, and what is kept all the same.

-- +goose Up
CREATE TABLE retention (
    id             BIGINT NOT NULL PRIMARY KEY, -- 1: there is one
    personal_days  BIGINT NOT NULL,             -- after the end; 0: for good
    recording_days BIGINT NOT NULL,
    changed_at     BIGINT NOT NULL
);

CREATE TABLE legal_hold (
    session TEXT   NOT NULL PRIMARY KEY REFERENCES session (id),
    reason  TEXT   NOT NULL,
    account TEXT   NOT NULL, -- who put it there; '': the command line
    held_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE legal_hold;
DROP TABLE retention;
