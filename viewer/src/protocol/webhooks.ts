/** What the broker answers about addresses that are told what happens. */
import { members } from "./answers.ts";
import type { components } from "./api.gen.ts";
import type { Api } from "./api.ts";
import { flag, list, oneOf, type Read, text, whole } from "./read.ts";

type Described<Name extends keyof components["schemas"]> = Partial<
  Record<keyof components["schemas"][Name], Read<unknown>>
>;

const id = text(64);
const time = text(40);
const maybe =
  <T>(read: Read<T>): Read<T | undefined> =>
  (value, path) =>
    value === undefined || value === null ? undefined : read(value, path);

const topic = oneOf(
  "ticket.created",
  "ticket.changed",
  "ticket.solved",
  "session.started",
  "session.ended",
  "alarm.raised",
  "recording.refused",
  "rating.given",
  "report.ready",
  "webhook.test",
);
export type Topic = ReturnType<typeof topic>;

const readDelivery = members({
  id,
  event: id,
  topic,
  at: time,
  status: whole(0, 999),
  outcome: oneOf("taken", "refused", "certificate", "timeout", "forbidden", "unreachable"),
} satisfies Described<"WebhookResult">);
export type Delivery = ReturnType<typeof readDelivery>;

const readWebhook = members({
  id,
  url: text(1000),
  topics: list(topic, 20),
  madeAt: time,
  on: flag,
  failed: flag,
  tries: whole(0, 1_000_000),
  tryAt: maybe(time),
  deliveries: list(readDelivery, 100),
} satisfies Described<"Webhook">);
export type Webhook = ReturnType<typeof readWebhook>;

const readWebhooks = members({
  webhooks: list(readWebhook, 100),
  topics: list(topic, 20),
  secret: maybe(text(200)),
});
/** All of them, what can be chosen, and the secret of the one that was just added. */
export type Webhooks = ReturnType<typeof readWebhooks>;

export interface WebhookFields {
  readonly url: string;
  readonly topics: readonly Topic[];
}

const BASE = "/webhooks";
const at = (id: string): string => `${BASE}/${encodeURIComponent(id)}`;

/** The requests about webhooks. */
export const webhooks = {
  all: (api: Api): Promise<Webhooks> => api.ask("GET", BASE, readWebhooks),
  add: (api: Api, fields: WebhookFields): Promise<Webhooks> => api.ask("POST", BASE, readWebhooks, fields),
  change: (api: Api, hook: string, fields: WebhookFields & { on: boolean }): Promise<Webhooks> =>
    api.ask("PUT", at(hook), readWebhooks, fields),
  remove: (api: Api, hook: string): Promise<Webhooks> => api.ask("DELETE", at(hook), readWebhooks),
  test: (api: Api, hook: string): Promise<Webhooks> => api.ask("POST", `${at(hook)}/test`, readWebhooks),
};
