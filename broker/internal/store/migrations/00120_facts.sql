-- What helped machines said of themselves, once a session. It is personal data beside
-- the log: whoever deletes a row has erased it.

-- +goose Up
CREATE TABLE machine_facts (
    session TEXT   NOT NULL PRIMARY KEY REFERENCES session (id),
    machine TEXT   NOT NULL, -- what its client calls it, or the session's id
    words   TEXT   NOT NULL, -- what it is found by, in lower case
    fullest BIGINT NOT NULL, -- the free part of its fullest disk in percent; -1: unknown
    updates BIGINT NOT NULL, -- that wait; -1: unknown
    facts   TEXT   NOT NULL, -- JSON
    read_at BIGINT NOT NULL
);
CREATE INDEX facts_of_machine ON machine_facts (machine, read_at);
CREATE INDEX facts_by_time ON machine_facts (read_at);

-- +goose Down
DROP TABLE machine_facts;
