/** What the broker answers about mails of a ticket. */
import { members } from "./answers.ts";
import type { components } from "./api.gen.ts";
import type { Api } from "./api.ts";
import { flag, list, type Read, text } from "./read.ts";

type Described<Name extends keyof components["schemas"]> = Partial<
  Record<keyof components["schemas"][Name], Read<unknown>>
>;

const readMail = members({
  id: text(64),
  outgoing: flag,
  automatic: flag,
  name: text(400),
  address: text(254),
  author: (value, path) => (value === undefined ? "" : text(400)(value, path)),
  subject: text(1000),
  text: text(80_000),
  at: text(40),
  sent: flag,
  failed: flag,
} satisfies Described<"TicketMail">);
export type Mail = ReturnType<typeof readMail>;

const readMails = members({ mails: list(readMail, 10_000), on: flag });
/** Those of a ticket, the oldest first, and whether this broker sends mail. */
export type Mails = ReturnType<typeof readMails>;

const at = (ticket: string): string => `/tickets/${encodeURIComponent(ticket)}/mails`;

/** The requests about mails. */
export const mails = {
  of: (api: Api, ticket: string): Promise<Mails> => api.ask("GET", at(ticket), readMails),
  answer: (api: Api, ticket: string, words: string): Promise<Mails> =>
    api.ask("POST", at(ticket), readMails, { text: words }),
};
