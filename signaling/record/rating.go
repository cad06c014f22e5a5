package record

// SessionRated: the person who was helped said whether it helped.
type SessionRated struct {
	Helped bool `json:"helped"`
}

func (SessionRated) kind() Kind { return KindSessionRated }
