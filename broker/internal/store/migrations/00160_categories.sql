-- The tree of categories. A ticket keeps the whole path of its own ("Printing / Toner"); what was free text before
-- becomes the tree's top. Spellings that differ in case alone become one, and a / in a name a -.

-- +goose Up
CREATE TABLE category (
    id      TEXT   NOT NULL PRIMARY KEY,
    parent  TEXT   REFERENCES category (id), -- NULL: at the top
    name    TEXT   NOT NULL,
    retired BIGINT NOT NULL DEFAULT 0 -- 1: no new ticket gets it
);
CREATE INDEX category_of_parent ON category (parent);

CREATE TABLE category_word AS SELECT REPLACE(MIN(category), '/', '-') AS name
FROM ticket WHERE category <> '' GROUP BY LOWER(REPLACE(category, '/', '-'));
UPDATE ticket SET category = (SELECT name FROM category_word WHERE LOWER(name) = LOWER(REPLACE(ticket.category, '/', '-')))
WHERE category <> '';
INSERT INTO category (id, name) SELECT LOWER(HEX(RANDOMBLOB(16))), name FROM category_word;
DROP TABLE category_word;

-- A desk that had none has something to choose from, and to change.
INSERT INTO category (id, name)
SELECT LOWER(HEX(RANDOMBLOB(16))), column1
FROM (VALUES ('Account'), ('Hardware'), ('Mail'), ('Network'), ('Printing'), ('Software'))
WHERE NOT EXISTS (SELECT 1 FROM category);

-- +goose Down
DROP TABLE category;
