-- Portable between SQLite and PostgreSQL: TEXT and BIGINT only. Times are Unix
-- milliseconds, 0 for never; hashes and keys are base64url; ids are random.

-- +goose Up
CREATE TABLE technician (
    id         TEXT   NOT NULL PRIMARY KEY,
    email      TEXT   NOT NULL UNIQUE,
    name       TEXT   NOT NULL,
    roles      TEXT   NOT NULL, -- space-separated
    created_at BIGINT NOT NULL
);

CREATE TABLE signin_link (
    hash       TEXT   NOT NULL PRIMARY KEY, -- of the secret, which is kept nowhere
    technician TEXT   NOT NULL REFERENCES technician (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_at   BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE cookie_session (
    hash       TEXT   NOT NULL PRIMARY KEY, -- of the cookie, which is kept nowhere
    technician TEXT   NOT NULL REFERENCES technician (id),
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
);

CREATE TABLE ticket (
    id             TEXT   NOT NULL PRIMARY KEY,
    number         BIGINT NOT NULL UNIQUE,
    subject        TEXT   NOT NULL,
    words          TEXT   NOT NULL,
    requester      TEXT   NOT NULL,
    category       TEXT   NOT NULL,
    impact         TEXT   NOT NULL,
    urgency        TEXT   NOT NULL,
    priority       BIGINT NOT NULL,
    state          TEXT   NOT NULL,
    assignee       TEXT   REFERENCES technician (id),
    resolution     TEXT   NOT NULL,
    system_changes TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    resolved_at    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX ticket_queue ON ticket (state, priority, created_at);

CREATE TABLE note (
    id         TEXT   NOT NULL PRIMARY KEY,
    ticket     TEXT   NOT NULL REFERENCES ticket (id),
    author     TEXT   NOT NULL REFERENCES technician (id),
    text       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX note_of_ticket ON note (ticket, created_at);

CREATE TABLE session (
    id             TEXT   NOT NULL PRIMARY KEY,
    ticket         TEXT   NOT NULL REFERENCES ticket (id),
    technician     TEXT   NOT NULL REFERENCES technician (id),
    phase          TEXT   NOT NULL,
    reason         TEXT   NOT NULL DEFAULT '', -- of the end
    client_key     TEXT   NOT NULL DEFAULT '', -- raw Ed25519 public key, set by redeem
    viewer_key     TEXT   NOT NULL DEFAULT '', -- the same of the viewer, set by its first use
    client_seq     BIGINT NOT NULL DEFAULT 0,  -- last event recorded of the client
    client_hash    TEXT   NOT NULL DEFAULT '', -- SHA-256 of that event's statement
    granted        TEXT   NOT NULL DEFAULT '', -- scopes that the requester allows now
    system_os      TEXT   NOT NULL DEFAULT '',
    system_arch    TEXT   NOT NULL DEFAULT '',
    system_name    TEXT   NOT NULL DEFAULT '',
    system_version TEXT   NOT NULL DEFAULT '',
    client_version TEXT   NOT NULL DEFAULT '',
    joined_from    TEXT   NOT NULL DEFAULT '', -- truncated address
    invited_at     BIGINT NOT NULL,
    joined_at      BIGINT NOT NULL DEFAULT 0,
    accepted_at    BIGINT NOT NULL DEFAULT 0,
    live_at        BIGINT NOT NULL DEFAULT 0,
    ended_at       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX session_of_ticket ON session (ticket, invited_at);
CREATE INDEX session_by_time ON session (invited_at);

CREATE TABLE invitation (
    id          TEXT   NOT NULL PRIMARY KEY,
    ticket      TEXT   NOT NULL REFERENCES ticket (id),
    session     TEXT   NOT NULL UNIQUE REFERENCES session (id),
    technician  TEXT   NOT NULL REFERENCES technician (id),
    join_hash   TEXT   NOT NULL UNIQUE,
    page_hash   TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    opened_at   BIGINT NOT NULL DEFAULT 0,
    redeemed_at BIGINT NOT NULL DEFAULT 0,
    revoked_at  BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE used_token (
    id         TEXT   NOT NULL PRIMARY KEY, -- jti of a join token
    expires_at BIGINT NOT NULL
);

CREATE TABLE signing_key (
    id         TEXT   NOT NULL PRIMARY KEY, -- RFC 7638 thumbprint
    seed       TEXT   NOT NULL,             -- of the Ed25519 private key
    created_at BIGINT NOT NULL
);

-- Rows are only ever added. seq has no gaps: it is assigned by the one writing
-- transaction that also holds the change. leaf is what will be hashed into the
-- log: exactly these bytes, never encoded again.
CREATE TABLE audit_event (
    seq     BIGINT NOT NULL PRIMARY KEY,
    id      TEXT   NOT NULL UNIQUE,
    kind    TEXT   NOT NULL,
    session TEXT   NOT NULL,
    leaf    TEXT   NOT NULL
);
CREATE INDEX audit_event_of_session ON audit_event (session, seq);

-- +goose Down
DROP TABLE audit_event;
DROP TABLE signing_key;
DROP TABLE used_token;
DROP TABLE invitation;
DROP TABLE session;
DROP TABLE note;
DROP TABLE ticket;
DROP TABLE cookie_session;
DROP TABLE signin_link;
DROP TABLE technician;
