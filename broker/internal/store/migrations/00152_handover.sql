-- The last time that a ticket was handed over, with what the next one has to know.

-- +goose Up
CREATE TABLE handover (
    ticket TEXT   NOT NULL PRIMARY KEY REFERENCES ticket (id),
    giver  TEXT   NOT NULL REFERENCES technician (id),
    note   TEXT   NOT NULL,
    at     BIGINT NOT NULL
);

-- +goose Down
DROP TABLE handover;
