-- Accounts by the names that a single sign-on gives them (OpenID Connect).

-- +goose Up
CREATE TABLE provider_identity (
    issuer     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    technician TEXT   NOT NULL REFERENCES technician (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE UNIQUE INDEX provider_identity_of_technician ON provider_identity (technician, issuer);

-- +goose Down
DROP TABLE provider_identity;
