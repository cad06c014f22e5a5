-- What a witness keeps: its key, and of each log the head that it cosigned last.
-- Both tables are empty at a broker.

-- +goose Up
CREATE TABLE witness_key (
    name       TEXT   NOT NULL PRIMARY KEY,
    seed       TEXT   NOT NULL, -- of the Ed25519 private key
    created_at BIGINT NOT NULL
);

CREATE TABLE witness_head (
    origin  TEXT   NOT NULL PRIMARY KEY,
    size    BIGINT NOT NULL,
    note    TEXT   NOT NULL, -- signed by the log and by us
    seen_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE witness_head;
DROP TABLE witness_key;
