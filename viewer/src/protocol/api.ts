/**
 * The broker's REST interface, as the technician's pages use it. Every answer is
 * read before anybody sees it; every refusal becomes an ApiError whose text says
 * what to do.
 */
import * as answers from "./answers.ts";
import type { Bytes } from "./bytes.ts";
import type { Facts } from "./facts.ts";
import * as machines from "./machines.ts";
import * as parts from "./parts.ts";
import type { Read } from "./read.ts";
import type { JoinClaim } from "./statements.ts";

/** A refusal of the broker, or that it could not be reached. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
    /** Stable name of the problem; "offline" when there was no answer. */
    readonly code: string,
    /** What happened and what to do, for people. */
    text: string,
    /** The field of the request that broke a rule. */
    readonly field: string | undefined,
  ) {
    super(text);
  }
}

/** What is needed to open a ticket. */
export type NewTicket = Pick<
  answers.Ticket,
  "subject" | "words" | "requester" | "category" | "impact" | "urgency"
>;
/** What may change of a ticket; only what is given changes. */
export type TicketChange = Partial<
  NewTicket &
    Pick<answers.Ticket, "state" | "resolution" | "systemChanges" | "minutes"> & { readonly assignee: string }
>;

/** What an administrator says of an account. */
export interface AccountFields {
  readonly name: string;
  readonly roles: readonly answers.Role[];
}

const BASE = "/api/v1";
const TIMEOUT_MS = 15_000;
const EXPORT_TIMEOUT_MS = 10 * 60_000;
const UPLOAD_TIMEOUT_MS = 2 * 60_000;
const PROBLEM_CHARS = 600;

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

async function send(
  method: Method,
  path: string,
  body: unknown,
  headers: HeadersInit,
  timeoutMs = TIMEOUT_MS,
): Promise<Response> {
  const init: RequestInit = {
    method,
    headers:
      body === undefined || body instanceof Blob
        ? headers
        : { ...headers, "Content-Type": "application/json" },
    credentials: "same-origin",
    signal: AbortSignal.timeout(timeoutMs),
  };
  if (body !== undefined) init.body = body instanceof Blob ? body : JSON.stringify(body);
  try {
    return await fetch(BASE + path, init);
  } catch {
    throw new ApiError(0, "offline", "", undefined);
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const member = (name: string): string | undefined => {
    const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === "string" ? value.slice(0, PROBLEM_CHARS) : undefined;
  };
  return new ApiError(response.status, member("code") ?? "internal", member("detail") ?? "", member("field"));
}

/** One request whose answer is read. */
export async function request<T>(
  method: Method,
  path: string,
  read: Read<T>,
  body?: unknown,
  headers: HeadersInit = {},
  timeoutMs = TIMEOUT_MS,
): Promise<T> {
  const response = await send(method, path, body, headers, timeoutMs);
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return read(undefined, path);
  return read(await response.json(), path);
}

/** For answers without a body, or with one that nobody needs. */
export const nothing: Read<void> = () => undefined;

const segment = encodeURIComponent;

const DAY_MS = 86_400_000;

/** How the log can be had, and what such a file's name ends in. */
export const EXPORT_FORMATS = {
  jsonl: "jsonl",
  csv: "csv",
  cef: "log",
  ocsf: "jsonl",
  syslog: "log",
} as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** What sessions are looked for by; what is empty does not narrow. */
export interface SessionQuery {
  readonly requester: string;
  readonly machine: string;
  readonly technician: string;
  /** Days such as 2026-03-04, the last one included. */
  readonly from: string;
  readonly to: string;
  readonly effects: readonly answers.Effect[];
}

function recordingPath(session: string, recording: string): string {
  return `/sessions/${segment(session)}/recordings/${segment(recording)}`;
}

function query(values: Readonly<Record<string, string>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== "");
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

/** It is the session's SessionApi too. */
export class Api {
  /** Called when the broker does not know this browser any more. */
  onSignedOut: () => void = () => undefined;

  /** The broker wants a recent proof of who is there. Resolves with whether it was given: then it is asked once more. */
  onProofNeeded: () => Promise<boolean> = () => Promise.resolve(false);

  /** One request of the signed-in account, for the parts of the interface that have no method here. */
  ask<T>(method: Method, path: string, read: Read<T>, body?: unknown): Promise<T> {
    return this.guarded(() => request(method, path, read, body));
  }

  private async guarded<T>(make: () => Promise<T>): Promise<T> {
    try {
      return await make();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === "proof_needed" && (await this.onProofNeeded())) return await make();
      if (error.status === 401) this.onSignedOut();
      throw error;
    }
  }

  signIn(secret: string): Promise<answers.Me> {
    return request("POST", "/sign-in", answers.me, { secret });
  }
  signInWays(): Promise<answers.SignInWays> {
    return request("GET", "/sign-in", answers.signInWays);
  }
  beginSignIn(): Promise<answers.Ceremony> {
    return request("POST", "/sign-in/passkey/begin", answers.ceremony);
  }
  signInByPasskey(ceremony: string, response: unknown): Promise<answers.Me> {
    return request("POST", "/sign-in/passkey", answers.me, { ceremony, response });
  }
  signInByRecovery(email: string, code: string): Promise<answers.Me> {
    return request("POST", "/sign-in/recovery", answers.me, { email, code });
  }
  /** Where the single sign-on asks who this is. */
  async beginProvider(): Promise<string> {
    return (await request("POST", "/sign-in/provider/begin", answers.departure)).url;
  }
  signInByProvider(back: { state: string; code: string; iss: string }): Promise<answers.Me> {
    return request("POST", "/sign-in/provider", answers.me, back);
  }
  me(): Promise<answers.Me> {
    return request("GET", "/me", answers.me);
  }
  signOut(): Promise<void> {
    return this.ask("POST", "/sign-out", nothing);
  }

  passkeys(): Promise<answers.Passkeys> {
    return this.ask("GET", "/me/passkeys", answers.passkeys);
  }
  beginPasskey(): Promise<answers.Ceremony> {
    return this.ask("POST", "/me/passkeys/begin", answers.ceremony);
  }
  addPasskey(ceremony: string, name: string, response: unknown): Promise<answers.AddedPasskey> {
    return this.ask("POST", "/me/passkeys", answers.addedPasskey, { ceremony, name, response });
  }
  renamePasskey(id: string, name: string): Promise<void> {
    return this.ask("PATCH", `/me/passkeys/${segment(id)}`, nothing, { name });
  }
  removePasskey(id: string): Promise<void> {
    return this.ask("DELETE", `/me/passkeys/${segment(id)}`, nothing);
  }
  async makeRecoveryCodes(): Promise<readonly string[]> {
    return (await this.ask("POST", "/me/recovery-codes", answers.recoveryCodes)).codes;
  }
  beginProof(): Promise<answers.Ceremony> {
    return this.ask("POST", "/me/proof/begin", answers.ceremony);
  }
  /** A passkey that is refused signs nobody out. */
  prove(ceremony: string, response: unknown): Promise<void> {
    return request("POST", "/me/proof", nothing, { ceremony, response });
  }
  provider(): Promise<answers.Provider> {
    return this.ask("GET", "/me/provider", answers.provider);
  }
  async beginLink(): Promise<string> {
    return (await this.ask("POST", "/me/provider/begin", answers.departure)).url;
  }
  unlinkProvider(): Promise<void> {
    return this.ask("DELETE", "/me/provider", nothing);
  }
  devices(): Promise<readonly answers.Device[]> {
    return this.ask("GET", "/me/devices", answers.listOf("devices", answers.device));
  }
  signOutDevice(id: string): Promise<void> {
    return this.ask("DELETE", `/me/devices/${segment(id)}`, nothing);
  }
  signOutOthers(): Promise<void> {
    return this.ask("POST", "/me/devices/sign-out", nothing);
  }

  tickets(filter: { state: string; q: string }): Promise<readonly answers.Ticket[]> {
    return this.ask("GET", `/tickets${query(filter)}`, answers.listOf("tickets", answers.ticket));
  }
  ticket(id: string): Promise<answers.Ticket> {
    return this.ask("GET", `/tickets/${segment(id)}`, answers.ticket);
  }
  openTicket(ticket: NewTicket): Promise<answers.Ticket> {
    return this.ask("POST", "/tickets", answers.ticket, ticket);
  }
  changeTicket(id: string, change: TicketChange): Promise<answers.Ticket> {
    return this.ask("PATCH", `/tickets/${segment(id)}`, answers.ticket, change);
  }
  /** Solved tickets with the same words, the most alike first. */
  similar(text: string, except?: string): Promise<readonly parts.Solved[]> {
    return this.ask("POST", "/tickets/similar", answers.listOf("solved", parts.solved), { text, except });
  }
  categories(): Promise<readonly parts.Category[]> {
    return this.ask("GET", "/categories", parts.categories);
  }
  /** Below a parent's id, or at the top where that is empty. */
  addCategory(parent: string, name: string): Promise<readonly parts.Category[]> {
    return this.ask("POST", "/categories", parts.categories, { parent, name });
  }
  changeCategory(
    id: string,
    change: { parent?: string; name?: string; retired?: boolean },
  ): Promise<readonly parts.Category[]> {
    return this.ask("PATCH", `/categories/${segment(id)}`, parts.categories, change);
  }
  /** Answers that technicians give often. */
  phrases(): Promise<readonly parts.Phrase[]> {
    return this.ask("GET", "/phrases", parts.phrases);
  }
  /** Adds one where id is empty. */
  putPhrase(id: string, fields: { title: string; text: string }): Promise<readonly parts.Phrase[]> {
    return id === ""
      ? this.ask("POST", "/phrases", parts.phrases, fields)
      : this.ask("PUT", `/phrases/${segment(id)}`, parts.phrases, fields);
  }
  removePhrase(id: string): Promise<readonly parts.Phrase[]> {
    return this.ask("DELETE", `/phrases/${segment(id)}`, parts.phrases);
  }
  /** Keeps a file with a ticket. */
  attach(ticket: string, file: File): Promise<void> {
    const headers = { "Beside-Name": encodeURIComponent(file.name) };
    return this.upload(`/tickets/${segment(ticket)}/attachments`, file, headers, nothing);
  }
  upload<T>(path: string, body: File, headers: HeadersInit, read: Read<T>): Promise<T> {
    return this.guarded(() => request("POST", path, read, body, headers, UPLOAD_TIMEOUT_MS));
  }
  /** Where a file of a ticket is had from, always as a download. */
  attachmentUrl(ticket: string, id: string): string {
    return `${BASE}/tickets/${segment(ticket)}/attachments/${segment(id)}`;
  }
  removeAttachment(ticket: string, id: string): Promise<void> {
    return this.ask("DELETE", `/tickets/${segment(ticket)}/attachments/${segment(id)}`, nothing);
  }
  linkTicket(id: string, number: number, kind: answers.LinkKind): Promise<answers.Ticket> {
    return this.ask("POST", `/tickets/${segment(id)}/links`, answers.ticket, { number, kind });
  }
  unlinkTicket(id: string, other: string): Promise<answers.Ticket> {
    return this.ask("DELETE", `/tickets/${segment(id)}/links/${segment(other)}`, answers.ticket);
  }
  /** Keeps how a ticket was solved as knowledge. */
  promote(id: string, title: string): Promise<answers.Ticket> {
    return this.ask("PUT", `/tickets/${segment(id)}/knowledge`, answers.ticket, { title });
  }
  demote(id: string): Promise<answers.Ticket> {
    return this.ask("DELETE", `/tickets/${segment(id)}/knowledge`, answers.ticket);
  }
  knowledge(): Promise<readonly parts.Solved[]> {
    return this.ask("GET", "/knowledge", answers.listOf("solved", parts.solved));
  }
  /** Takes the ticket that is due first. */
  takeNext(): Promise<answers.Ticket> {
    return this.ask("POST", "/tickets/next", answers.ticket);
  }
  addNote(ticket: string, text: string): Promise<void> {
    return this.ask("POST", `/tickets/${segment(ticket)}/notes`, nothing, { text });
  }

  /** What the desk did in a period; both are RFC 3339, and weeks begin in the offset of from. */
  report(from: string, to: string): Promise<answers.Report> {
    return this.ask("GET", `/reports?${new URLSearchParams({ from, to })}`, answers.report);
  }

  /** Keeps what a session's machine said of itself. */
  keepFacts(session: string, facts: Facts): Promise<void> {
    return this.ask("PUT", `/sessions/${segment(session)}/facts`, nothing, facts);
  }
  facts(session: string): Promise<machines.MachineFacts> {
    return this.ask("GET", `/sessions/${segment(session)}/facts`, machines.machineFacts);
  }
  /** Helped machines; what is empty does not narrow. full: a disk has less than this free, in percent. */
  machines(query: { words: string; full: number; updates: boolean }): Promise<machines.MachinePage> {
    return this.ask("POST", "/machines/search", machines.machines, query);
  }
  /** What one machine said of itself, the newest first. */
  async machine(id: string): Promise<readonly machines.MachineFacts[]> {
    return (await this.ask("GET", `/machines/${segment(id)}`, machines.history)).history;
  }

  alarms(): Promise<readonly answers.Alarm[]> {
    return this.ask("GET", "/alarms", answers.listOf("alarms", answers.alarm));
  }
  seeAlarm(session: string): Promise<void> {
    return this.ask("POST", `/alarms/${segment(session)}/seen`, nothing);
  }

  async invite(
    ticket: string,
    hashes: { joinHash: string; pageHash: string; spoken?: true },
  ): Promise<{ sessionId: string; invitationId: string; expiresAt: string }> {
    const { invitation, session } = await this.ask(
      "POST",
      `/tickets/${segment(ticket)}/invitations`,
      answers.made,
      hashes,
    );
    return { sessionId: session.id, invitationId: invitation.id, expiresAt: invitation.expiresAt };
  }
  revokeInvitation(id: string): Promise<void> {
    return this.ask("POST", `/invitations/${segment(id)}/revoke`, nothing);
  }

  /** The newest sessions; state "" for all, "open" for those that did not end. */
  sessions(state: string): Promise<readonly answers.Session[]> {
    return this.ask("GET", `/sessions${query({ state })}`, answers.listOf("sessions", answers.session));
  }
  /** Sessions by who, where, when and what came of them. That somebody searched is an event. */
  searchSessions(query: SessionQuery, after: string): Promise<answers.FoundPage> {
    const from = query.from === "" ? undefined : new Date(`${query.from}T00:00`).toISOString();
    const to =
      query.to === "" ? undefined : new Date(new Date(`${query.to}T00:00`).getTime() + DAY_MS).toISOString();
    return this.ask("POST", "/sessions/search", answers.found, { ...query, from, to, after });
  }
  /** What proves a session, as a file. That it was handed out is an event. */
  evidence(session: string): Promise<Blob> {
    return this.guarded(async () => {
      const path = `/sessions/${segment(session)}/evidence`;
      const response = await send("POST", path, undefined, {}, EXPORT_TIMEOUT_MS);
      if (!response.ok) throw await problemOf(response);
      return await response.blob();
    });
  }
  session(id: string): Promise<answers.Session> {
    return this.ask("GET", `/sessions/${segment(id)}`, answers.session);
  }
  sessionEvents(id: string): Promise<readonly answers.AuditEvent[]> {
    return this.ask("GET", `/sessions/${segment(id)}/events`, answers.listOf("events", answers.event));
  }
  /** The audit log after an event, as a file, and the number of the last event in it. */
  exportEvents(format: ExportFormat, after: number): Promise<{ file: Blob; last: number }> {
    return this.guarded(async () => {
      const path = `/events/export${query({ format, after: String(after) })}`;
      const response = await send("POST", path, undefined, {}, EXPORT_TIMEOUT_MS);
      if (!response.ok) throw await problemOf(response);
      return { file: await response.blob(), last: Number(response.headers.get("Beside-Last") ?? after) };
    });
  }

  accounts(): Promise<readonly answers.Account[]> {
    return this.ask("GET", "/accounts", answers.listOf("accounts", answers.account));
  }
  addAccount(fresh: AccountFields & { email: string }): Promise<answers.NewAccount> {
    return this.ask("POST", "/accounts", answers.newAccount, fresh);
  }
  changeAccount(
    id: string,
    change: Partial<AccountFields> & { disabled?: boolean },
  ): Promise<answers.Account> {
    return this.ask("PATCH", `/accounts/${segment(id)}`, answers.account, change);
  }
  makeSignInLink(id: string): Promise<answers.SignInLink> {
    return this.ask("POST", `/accounts/${segment(id)}/sign-in-link`, answers.signInLink);
  }
  hold(session: string): Promise<answers.Hold> {
    return this.ask("GET", `/sessions/${segment(session)}/hold`, answers.hold);
  }
  /** Keeps everything of a session, whatever its age. */
  holdSession(session: string, reason: answers.HoldReason): Promise<answers.Hold> {
    return this.ask("PUT", `/sessions/${segment(session)}/hold`, answers.hold, { reason });
  }
  releaseSession(session: string): Promise<answers.Hold> {
    return this.ask("DELETE", `/sessions/${segment(session)}/hold`, answers.hold);
  }
  retention(): Promise<answers.Retention> {
    return this.ask("GET", "/retention", answers.retention);
  }
  setRetention(personalDays: number, recordingDays: number): Promise<answers.Retention> {
    return this.ask("PUT", "/retention", answers.retention, { personalDays, recordingDays });
  }
  policy(): Promise<answers.Policy> {
    return this.ask("GET", "/policy", answers.policy);
  }
  setPolicy(policy: Pick<answers.Policy, "scopes" | "recording" | "asking">): Promise<answers.Policy> {
    return this.ask("PUT", "/policy", answers.policy, policy);
  }
  auditors(): Promise<answers.Auditors> {
    return this.ask("GET", "/auditors", answers.auditors);
  }
  /** Puts a signed list of who can open recordings into force. */
  publishAuditors(
    list: string,
    identities: readonly { recipient: string; sealed: string }[],
  ): Promise<answers.Auditors> {
    return this.ask("PUT", "/auditors", answers.auditors, { list, identities });
  }
  /** Keeps a key that opens recordings, sealed by a passkey. */
  keepAuditorPasskey(passkey: answers.AuditorPasskey): Promise<void> {
    return this.ask("POST", "/auditors/passkeys", nothing, passkey);
  }
  forgetAuditorPasskey({ recipient, passkey }: answers.AuditorPasskey): Promise<void> {
    return this.ask("POST", "/auditors/passkeys/forget", nothing, { recipient, passkey });
  }
  recordings(session: string): Promise<readonly answers.Recording[]> {
    return this.ask(
      "GET",
      `/sessions/${segment(session)}/recordings`,
      answers.listOf("recordings", answers.recording),
    );
  }
  /** What it takes to play a recording. That it was opened is an event. */
  openRecording(session: string, recording: string): Promise<answers.OpenedRecording> {
    return this.ask("POST", `${recordingPath(session, recording)}/open`, answers.openedRecording);
  }
  /** The sealed bytes of a chunk. */
  recordingChunk(session: string, recording: string, n: number): Promise<Bytes> {
    return this.guarded(async () => {
      const response = await send("GET", `${recordingPath(session, recording)}/chunks/${n}`, undefined, {});
      if (!response.ok) throw await problemOf(response);
      return new Uint8Array(await response.arrayBuffer());
    });
  }
  /** Says that a video is about to be made of a recording; it is an event. */
  exportRecording(session: string, recording: string): Promise<void> {
    return this.ask("POST", `${recordingPath(session, recording)}/export`, nothing);
  }
  keys(): Promise<readonly answers.Key[]> {
    return this.ask("GET", "/keys", answers.listOf("keys", answers.key));
  }
  rotateKey(): Promise<readonly answers.Key[]> {
    return this.ask("POST", "/keys/rotate", answers.listOf("keys", answers.key));
  }
  accept(session: string): Promise<void> {
    return this.ask("POST", `/sessions/${segment(session)}/accept`, nothing);
  }
  end(session: string, reason: "technician" | "refused"): Promise<void> {
    return this.ask("POST", `/sessions/${segment(session)}/end`, nothing, { reason });
  }
  story(session: string): Promise<{ events: number; root: string }> {
    return this.ask("GET", `/sessions/${segment(session)}/seal`, answers.story);
  }
  countersign(session: string, seal: { events: number; root: string; signature: string }): Promise<void> {
    return this.ask("POST", `/sessions/${segment(session)}/seal`, nothing, seal);
  }
  async joinToken(session: string, body: JoinClaim): Promise<string> {
    const path = `/sessions/${segment(session)}/token`;
    return (await this.ask("POST", path, answers.joinToken, body)).token;
  }
}
