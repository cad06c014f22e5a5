-- The second technician of a session: who may look on, by the key that the first one's page made. One at a time.

-- +goose Up
CREATE TABLE colleague (
    session    TEXT   NOT NULL PRIMARY KEY REFERENCES session (id),
    key        TEXT   NOT NULL, -- raw Ed25519 public key, base64url
    technician TEXT   NOT NULL DEFAULT '', -- who opened the link; empty: nobody yet
    until      BIGINT NOT NULL -- when the link is no good any more for who has not opened it
);

-- +goose Down
DROP TABLE colleague;
