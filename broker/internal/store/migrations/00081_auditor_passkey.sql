-- Identities of auditors once more, each sealed by a passkey of its auditor's device.

-- +goose Up
CREATE TABLE auditor_passkey (
    recipient TEXT   NOT NULL, -- age1…
    passkey   TEXT   NOT NULL, -- says which: its id and site, and nothing secret
    name      TEXT   NOT NULL, -- of the device, as its auditor calls it
    sealed    TEXT   NOT NULL, -- age file, armored
    kept_at   BIGINT NOT NULL,
    PRIMARY KEY (recipient, passkey)
);

-- +goose Down
DROP TABLE auditor_passkey;
