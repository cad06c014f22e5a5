package record

// PointingStarted: the technician pointed at the screen, the first time since they may.
type PointingStarted struct{}

// KindPointingStarted is the kind of PointingStarted.
const KindPointingStarted Kind = "client.pointing_started"

func (PointingStarted) kind() Kind { return KindPointingStarted }
