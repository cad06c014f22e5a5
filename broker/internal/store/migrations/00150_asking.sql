-- People who asked for help at the help page, and may look how far it is.

-- +goose Up
CREATE TABLE asking (
    ticket       TEXT   NOT NULL PRIMARY KEY REFERENCES ticket (id),
    secret_hash  TEXT   NOT NULL UNIQUE, -- of the secret in their link, which is kept nowhere
    reach        TEXT   NOT NULL, -- a telephone number or an address
    expires_at   BIGINT NOT NULL,
    withdrawn_at BIGINT NOT NULL DEFAULT 0,
    invitation   TEXT   REFERENCES invitation (id), -- handed to the waiting page
    code         TEXT   NOT NULL DEFAULT '' -- the digits of that invitation
);
CREATE TABLE asking_policy (
    id         BIGINT NOT NULL PRIMARY KEY, -- 1
    allowed    BIGINT NOT NULL, -- 1: whoever reaches the broker may ask for help
    changed_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE asking_policy;
DROP TABLE asking;
