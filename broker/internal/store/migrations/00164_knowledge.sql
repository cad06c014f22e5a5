-- Solved tickets whose resolution somebody found worth keeping, under a title.

-- +goose Up
CREATE TABLE knowledge (
    ticket TEXT   NOT NULL PRIMARY KEY REFERENCES ticket (id),
    title  TEXT   NOT NULL,
    at     BIGINT NOT NULL
);

-- +goose Down
DROP TABLE knowledge;
