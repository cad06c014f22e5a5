package control

// Pictured tells the client that the technician kept a picture of the screen with
// the ticket, so that the requester reads of it and it is in their record. Whoever
// sees a screen can take a picture of it: this is what an honest page says.
type Pictured struct {
	ID string `json:"id"` // of the picture
}

func (Pictured) controlType() string { return "pictured" }
func (m Pictured) validate() error   { return validateID(m.ID) }
