package web_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// Every body of the description has an example, and it is one: it keeps the rules of its own schema.
func TestEveryBodyHasAnExampleThatIsValid(t *testing.T) {
	h := newHarness(t)
	body, err := h.web.OpenAPI()
	h.must(err)
	type content map[string]struct {
		Schema  json.RawMessage
		Example any
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string
			RequestBody struct{ Content content }
			Responses   map[string]struct{ Content content }
		}
	}
	h.must(json.Unmarshal(body, &doc))
	schemas := registry{h: h, all: h.schemas(body)}
	seen := 0
	check := func(where string, bodies content, mode huma.ValidateMode) {
		for kind, b := range bodies {
			var s struct{ Format string }
			h.must(json.Unmarshal(b.Schema, &s))
			if s.Format == "binary" {
				continue
			}
			seen++
			if b.Example == nil {
				t.Errorf("%s, %s: no example", where, kind)
				continue
			}
			path, result := huma.NewPathBuffer(nil, 0), &huma.ValidateResult{}
			huma.Validate(schemas, h.schema(b.Schema), path, mode, b.Example, result)
			for _, err := range result.Errors {
				t.Errorf("%s, %s: %v", where, kind, err)
			}
		}
	}
	for _, operations := range doc.Paths {
		for _, op := range operations {
			check(op.OperationID, op.RequestBody.Content, huma.ModeWriteToServer)
			for status, answer := range op.Responses {
				check(fmt.Sprintf("%s, %s", op.OperationID, status), answer.Content, huma.ModeReadFromServer)
			}
		}
	}
	if seen < 200 {
		t.Errorf("only %d bodies were looked at", seen)
	}
}

// The check itself bites.
func TestExamplesThatBreakTheRulesAreFound(t *testing.T) {
	h := newHarness(t)
	body, err := h.web.OpenAPI()
	h.must(err)
	schemas := registry{h: h, all: h.schemas(body)}
	for name, example := range map[string]any{
		"missing":  map[string]any{"subject": "x"},
		"level":    map[string]any{"subject": "x", "requester": "y", "impact": "huge", "urgency": "low"},
		"unknown":  map[string]any{"subject": "x", "requester": "y", "impact": "low", "urgency": "low", "more": 1.0},
		"a number": map[string]any{"subject": 1.0, "requester": "y", "impact": "low", "urgency": "low"},
	} {
		path, result := huma.NewPathBuffer(nil, 0), &huma.ValidateResult{}
		huma.Validate(schemas, schemas.all["NewTicketInputBody"], path, huma.ModeWriteToServer, example, result)
		if len(result.Errors) == 0 {
			t.Errorf("%s: nothing is said of %v", name, example)
		}
	}
}

// registry reads the schemas of a description as it was written, for huma's own validation.
type registry struct {
	huma.Registry
	h   *harness
	all map[string]*huma.Schema
}

func (r registry) SchemaFromRef(ref string) *huma.Schema {
	return r.all[ref[len("#/components/schemas/"):]]
}

func (h *harness) schemas(body []byte) map[string]*huma.Schema {
	h.t.Helper()
	var doc struct {
		Components struct{ Schemas map[string]json.RawMessage }
	}
	h.must(json.Unmarshal(body, &doc))
	all := make(map[string]*huma.Schema)
	for name, raw := range doc.Components.Schemas {
		all[name] = h.schema(raw)
	}
	return all
}

func (h *harness) schema(raw []byte) *huma.Schema {
	h.t.Helper()
	s := readSchema(h, raw)
	s.PrecomputeMessages()
	return s
}

// readSchema reads what huma writes; a type is one name, or that and null.
func readSchema(h *harness, raw []byte) *huma.Schema {
	var in struct {
		Ref                  string `json:"$ref"`
		Type                 json.RawMessage
		Format, Pattern      string
		ContentEncoding      string
		Enum, Required       []string
		Minimum, Maximum     *float64
		MinLength, MaxLength *int
		MinItems, MaxItems   *int
		Items                json.RawMessage
		Properties           map[string]json.RawMessage
		AdditionalProperties any
		ReadOnly             bool
	}
	h.must(json.Unmarshal(raw, &in))
	s := &huma.Schema{
		Ref: in.Ref, Format: in.Format, Pattern: in.Pattern, ContentEncoding: in.ContentEncoding, Required: in.Required,
		Minimum: in.Minimum, Maximum: in.Maximum, MinLength: in.MinLength, MaxLength: in.MaxLength, MinItems: in.MinItems,
		MaxItems: in.MaxItems, AdditionalProperties: in.AdditionalProperties, ReadOnly: in.ReadOnly,
	}
	for _, e := range in.Enum {
		s.Enum = append(s.Enum, e)
	}
	var types []string
	if json.Unmarshal(in.Type, &s.Type) != nil && json.Unmarshal(in.Type, &types) == nil {
		s.Type, s.Nullable = types[0], true
	}
	if in.Items != nil {
		s.Items = readSchema(h, in.Items)
	}
	if in.Properties != nil {
		s.Properties = make(map[string]*huma.Schema)
		for name, p := range in.Properties {
			s.Properties[name] = readSchema(h, p)
		}
	}
	return s
}
