package store

import "beside/broker/internal/desk"

// Category is one of the tree by which tickets are sorted.
type Category struct {
	ID, Parent, Name string
	Path             string // the names from the top, read with the row
	Retired          bool
	Gone             bool // it or one above it is retired; read with the row
	Depth            int  // 1 at the top, read with the row
}

// Categories lists the whole tree by its paths: what is above comes first.
func (v *View) Categories() (all []Category, err error) {
	err = v.rows("categories", func(s scanner) error {
		var c Category
		err := s.Scan(&c.ID, &c.Parent, &c.Name, &c.Path, &c.Retired, &c.Gone, &c.Depth)
		all = append(all, c)
		return err
	}, `WITH RECURSIVE tree (id, parent, name, path, retired, gone, depth) AS (
			SELECT id, '', name, name, retired, retired, 1 FROM category WHERE parent IS NULL
			UNION ALL
			SELECT category.id, tree.id, category.name, tree.path || $1 || category.name, category.retired,
				CASE WHEN category.retired > tree.gone THEN category.retired ELSE tree.gone END, tree.depth + 1
			FROM category JOIN tree ON category.parent = tree.id)
		SELECT id, parent, name, path, retired, gone, depth FROM tree ORDER BY LOWER(path), id`, desk.Between)
	return all, err
}

// InsertCategory adds one and returns its id.
func (t *Tx) InsertCategory(parent, name string) (string, error) {
	id := NewID()
	_, err := t.audited("add category", `INSERT INTO category (id, parent, name) VALUES ($1, $2, $3)`, id, nullable(parent), name)
	return id, err
}

// UpdateCategory writes what may change of one: its parent, its name, and whether it is retired.
func (t *Tx) UpdateCategory(c Category) error {
	_, err := t.audited("change category", `UPDATE category SET parent = $1, name = $2, retired = $3 WHERE id = $4`,
		nullable(c.Parent), c.Name, number(c.Retired), c.ID)
	return err
}

// RenamePath gives all tickets of a category, and of those below it, another path.
func (t *Tx) RenamePath(before, after string) error {
	_, err := t.audited("rename category of tickets", `UPDATE ticket SET category = $1 || SUBSTR(category, LENGTH($2) + 1)
		WHERE category = $2 OR SUBSTR(category, 1, LENGTH($2) + LENGTH($3)) = $2 || $3`, after, before, desk.Between)
	return err
}
