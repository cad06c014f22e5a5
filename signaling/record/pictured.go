package record

// ScreenPictured: the technician's page said that a picture of the screen was kept with
// the ticket.
type ScreenPictured struct{}

// KindScreenPictured is the kind of ScreenPictured.
const KindScreenPictured Kind = "client.screen_pictured"

func (ScreenPictured) kind() Kind { return KindScreenPictured }
