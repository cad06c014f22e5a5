package record

// FactsTold: the client told the technician facts of the machine, under the right to
// them. Read names those that could be read; none of them is in the log.
type FactsTold struct {
	Read []string `json:"read"`
}

// FactsKept: the broker keeps facts of the machine with the session. Changed names
// what is not as it was when this machine was helped last.
type FactsKept struct {
	Changed []string `json:"changed"`
}

// The kinds of facts.
const (
	KindFactsTold Kind = "client.facts_told"
	KindFactsKept Kind = "facts.kept"
)

func (FactsTold) kind() Kind { return KindFactsTold }
func (FactsKept) kind() Kind { return KindFactsKept }
