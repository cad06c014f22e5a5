package web_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// A path whose parameter no input reads would be answered as if it were empty.
func TestEveryPathParameterIsRead(t *testing.T) {
	h := newHarness(t)
	body, err := h.web.OpenAPI()
	h.must(err)
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string
			Parameters  []struct{ Name, In string }
		}
	}
	h.must(json.Unmarshal(body, &doc))
	for path, operations := range doc.Paths {
		for method, op := range operations {
			read := false
			for _, p := range op.Parameters {
				read = read || p.In == "path" && p.Name == "id"
			}
			if read != strings.Contains(path, "{id}") {
				t.Errorf("%s %s (%s) reads its id: %v", method, path, op.OperationID, read)
			}
		}
	}
}
