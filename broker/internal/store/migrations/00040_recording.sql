-- Recordings: what the broker keeps of them and cannot read. The bytes of chunks
-- are elsewhere (package recording); here is what each is.

-- +goose Up
CREATE TABLE recording_policy (
    id         BIGINT NOT NULL PRIMARY KEY, -- 1: there is one
    mode       TEXT   NOT NULL,             -- off, allowed, required
    changed_at BIGINT NOT NULL
);

CREATE TABLE recording (
    id         TEXT   NOT NULL PRIMARY KEY,
    session    TEXT   NOT NULL REFERENCES session (id),
    head_hash  TEXT   NOT NULL,             -- SHA-256, as its client signed it
    head       TEXT   NOT NULL DEFAULT '',  -- '': not here
    started_at BIGINT NOT NULL,
    deleted_at BIGINT NOT NULL DEFAULT 0,   -- its bytes are to go, or are gone
    swept_at   BIGINT NOT NULL DEFAULT 0    -- they are gone
);
CREATE INDEX recording_session ON recording (session);

CREATE TABLE recording_chunk (
    recording TEXT   NOT NULL REFERENCES recording (id),
    n         BIGINT NOT NULL,
    from_ms   BIGINT NOT NULL,
    to_ms     BIGINT NOT NULL,
    flags     BIGINT NOT NULL,
    length    BIGINT NOT NULL, -- of the ciphertext
    sha256    TEXT   NOT NULL,
    PRIMARY KEY (recording, n)
);

-- +goose Down
DROP TABLE recording_chunk;
DROP TABLE recording;
DROP TABLE recording_policy;
