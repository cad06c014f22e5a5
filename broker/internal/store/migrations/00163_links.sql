-- Tickets that belong together. A duplicate is of the other.

-- +goose Up
CREATE TABLE ticket_link (
    ticket TEXT   NOT NULL REFERENCES ticket (id),
    other  TEXT   NOT NULL REFERENCES ticket (id),
    kind   TEXT   NOT NULL, -- related, or duplicate: ticket is one of other
    at     BIGINT NOT NULL,
    PRIMARY KEY (ticket, other)
);
CREATE INDEX ticket_link_back ON ticket_link (other);

-- +goose Down
DROP TABLE ticket_link;
