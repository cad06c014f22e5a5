-- What the administrator narrows, and the turns of the signing keys: the next
-- one is published before it signs, the one before still verifies for a while.

-- +goose Up
CREATE TABLE policy (
    id         BIGINT NOT NULL PRIMARY KEY, -- 1: there is one
    scopes     TEXT   NOT NULL,             -- that may be asked for, space-separated
    changed_at BIGINT NOT NULL
);

ALTER TABLE signing_key ADD COLUMN activated_at BIGINT NOT NULL DEFAULT 0; -- 0: it is the next one
ALTER TABLE signing_key ADD COLUMN retired_at BIGINT NOT NULL DEFAULT 0;
UPDATE signing_key SET activated_at = created_at;

-- +goose Down
ALTER TABLE signing_key DROP COLUMN retired_at;
ALTER TABLE signing_key DROP COLUMN activated_at;
DROP TABLE policy;
