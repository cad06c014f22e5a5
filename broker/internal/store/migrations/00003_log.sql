-- The tree over audit_event. Leaf number i is the event with seq i + 1. What was
-- recorded before these tables came is put into the tree at the next start.

-- +goose Up
CREATE TABLE log_key (
    origin     TEXT   NOT NULL PRIMARY KEY, -- names the log, and is signed with each checkpoint
    seed       TEXT   NOT NULL,             -- of the Ed25519 private key
    created_at BIGINT NOT NULL
);

-- One row a tile of C2SP tlog-tiles. Rows are added and grow to the right.
CREATE TABLE log_tile (
    level  BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    hashes TEXT   NOT NULL, -- base64url; 32 bytes each, 256 when full
    PRIMARY KEY (level, n)
);

CREATE TABLE checkpoint (
    size       BIGINT NOT NULL PRIMARY KEY, -- two of one size cannot be
    note       TEXT   NOT NULL,             -- as signed by the log
    created_at BIGINT NOT NULL
);

CREATE TABLE cosignature (
    size       BIGINT NOT NULL REFERENCES checkpoint (size),
    witness    TEXT   NOT NULL, -- its verifier key
    line       TEXT   NOT NULL, -- of the note
    created_at BIGINT NOT NULL,
    PRIMARY KEY (size, witness)
);

-- +goose Down
DROP TABLE cosignature;
DROP TABLE checkpoint;
DROP TABLE log_tile;
DROP TABLE log_key;
