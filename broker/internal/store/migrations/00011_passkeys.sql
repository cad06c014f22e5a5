-- Passkeys, recovery codes, and what a sign-in that takes two requests must
-- remember between them. A cookie session knows how and when it was proven.

-- +goose Up
CREATE TABLE passkey (
    id            TEXT   NOT NULL PRIMARY KEY,
    technician    TEXT   NOT NULL REFERENCES technician (id),
    credential_id TEXT   NOT NULL UNIQUE, -- the authenticator's name for it
    credential    TEXT   NOT NULL,        -- JSON: public key, sign count, flags
    name          TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    used_at       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX passkey_of_technician ON passkey (technician);

CREATE TABLE recovery_code (
    hash       TEXT   NOT NULL PRIMARY KEY, -- of the code, which is kept nowhere
    technician TEXT   NOT NULL REFERENCES technician (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX recovery_code_of_technician ON recovery_code (technician);

CREATE TABLE ceremony (
    hash       TEXT   NOT NULL PRIMARY KEY, -- of the secret that the page brings back
    kind       TEXT   NOT NULL,
    technician TEXT   NOT NULL,             -- empty: nobody yet
    data       TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);

ALTER TABLE cookie_session ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE cookie_session ADD COLUMN device TEXT NOT NULL DEFAULT '';      -- "Firefox on Linux"
ALTER TABLE cookie_session ADD COLUMN signed_from TEXT NOT NULL DEFAULT ''; -- truncated address
ALTER TABLE cookie_session ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;  -- who it is was proven, in any way
ALTER TABLE cookie_session ADD COLUMN strong_at BIGINT NOT NULL DEFAULT 0;  -- the same by a passkey
UPDATE cookie_session SET id = hash, proved_at = created_at;
CREATE UNIQUE INDEX cookie_session_by_id ON cookie_session (id);

-- +goose Down
DROP INDEX cookie_session_by_id;
ALTER TABLE cookie_session DROP COLUMN strong_at;
ALTER TABLE cookie_session DROP COLUMN proved_at;
ALTER TABLE cookie_session DROP COLUMN signed_from;
ALTER TABLE cookie_session DROP COLUMN device;
ALTER TABLE cookie_session DROP COLUMN id;
DROP TABLE ceremony;
DROP TABLE recovery_code;
DROP TABLE passkey;
