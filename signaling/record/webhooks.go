package record

// WebhookChanged: an address that is told what happens was changed. Change is added, changed, on, off, removed,
// tested, or failed: the broker switched it off because it took nothing for too long.
type WebhookChanged struct {
	Webhook string `json:"webhook"`
	Host    string `json:"host"`
	Change  string `json:"change"`
}

// KindWebhookChanged is about addresses that are told what happens.
const KindWebhookChanged Kind = "webhook.changed"

func (WebhookChanged) kind() Kind { return KindWebhookChanged }
