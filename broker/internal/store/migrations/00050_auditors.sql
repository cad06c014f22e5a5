-- Who can open recordings: the signed lists, and the identities of auditors, each
-- sealed by a passphrase that never comes here.

-- +goose Up
CREATE TABLE auditors (
    number       BIGINT NOT NULL PRIMARY KEY, -- of the list; the highest is in force
    list         TEXT   NOT NULL,             -- as it is published
    published_at BIGINT NOT NULL
);

-- All that ever were: a recording is opened by those of the list of its day.
CREATE TABLE auditor_identity (
    recipient TEXT   NOT NULL PRIMARY KEY, -- age1…
    name      TEXT   NOT NULL,
    sealed    TEXT   NOT NULL,             -- age file, armored
    kept_at   BIGINT NOT NULL
);

-- +goose Down
DROP TABLE auditor_identity;
DROP TABLE auditors;
