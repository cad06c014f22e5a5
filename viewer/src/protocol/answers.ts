/**
 * What the broker's REST interface answers, read into these types and nothing
 * else. Members that this page does not know are passed over: unlike a peer, the
 * broker that serves the page may be a little newer than the page in a tab.
 */
import type { components } from "./api.gen.ts";
import { SCOPES, type Scope } from "./control.ts";
import { DecodeError, flag, list, oneOf, type Read, text, whole } from "./read.ts";
import { PHASES, type Phase, REASONS, type Reason } from "./signaling.ts";

/** Only members that the broker describes: a name that it changed does not compile. */
type Described<Name extends keyof components["schemas"]> = Partial<
  Record<keyof components["schemas"][Name], Read<unknown>>
>;
type Shape = Readonly<Record<string, Read<unknown>>>;
type Of<S extends Shape> = { readonly [K in keyof S]: S[K] extends Read<infer T> ? T : never };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object with at least these members. */
export function members<S extends Shape>(shape: S): Read<Of<S>> {
  return (value, path) => {
    if (!isRecord(value)) throw new DecodeError(`${path}: want an object`);
    const out: Record<string, unknown> = {};
    for (const [name, read] of Object.entries(shape)) out[name] = read(value[name], `${path}.${name}`);
    return out as Of<S>;
  };
}

/** A member that may be missing, null or the empty text: then it is undefined. */
const maybe =
  <T>(read: Read<T>): Read<T | undefined> =>
  (value, path) =>
    value === undefined || value === null || value === "" ? undefined : read(value, path);

/** A text that may be missing: then it is empty. */
const some =
  (max: number): Read<string> =>
  (value, path) =>
    value === undefined || value === null ? "" : text(max)(value, path);

const MAX_TEXT = 16_000;
const id = text(64);
const name = text(400);
const time = text(40);

export const ROLES = ["technician", "auditor", "administrator"] as const;
export type Role = (typeof ROLES)[number];
export const LEVELS = ["high", "medium", "low"] as const;
export type Level = (typeof LEVELS)[number];
export const TICKET_STATES = ["open", "helping", "waiting", "resolved", "closed"] as const;
export type TicketState = (typeof TICKET_STATES)[number];

export type Me = Of<typeof meShape>;
const meShape = {
  id,
  email: name,
  name,
  roles: list(oneOf(...ROLES), 8),
  organisation: name,
} satisfies Described<"Me">;
export const me: Read<Me> = members(meShape);

/** How one can sign in, apart from links. */
export type SignInWays = Of<typeof waysShape>;
const waysShape = { passkeys: flag, provider: maybe(name) } satisfies Described<"SignInWays">;
export const signInWays: Read<SignInWays> = members(waysShape);

/** An object of another standard: the browser reads it. */
const foreign: Read<unknown> = (value, path) => (isRecord(value) ? value : members({})(value, path));
export type Ceremony = Of<typeof ceremonyShape>;
const ceremonyShape = { ceremony: text(100), options: foreign } satisfies Described<"Ceremony">;
export const ceremony: Read<Ceremony> = members(ceremonyShape);

export type Passkey = Of<typeof passkeyShape>;
const passkeyShape = {
  id,
  name,
  synced: flag,
  createdAt: time,
  usedAt: maybe(time),
} satisfies Described<"Passkey">;
export type Passkeys = Of<typeof passkeysShape>;
const passkeysShape = {
  available: flag,
  passkeys: listOrNone(members(passkeyShape)),
  recoveryCodes: whole(0, 1000),
} satisfies Described<"Passkeys">;
export const passkeys: Read<Passkeys> = members(passkeysShape);
const codes = list(text(40), 100);
export type AddedPasskey = Of<typeof addedShape>;
const addedShape = {
  passkey: members(passkeyShape),
  recoveryCodes: codes,
} satisfies Described<"AddedPasskey">;
export const addedPasskey: Read<AddedPasskey> = members(addedShape);
export const recoveryCodes = members({ codes } satisfies Described<"RecoveryCodes">);

export const departure = members({ url: text(4000) } satisfies Described<"Departure">);
export type Provider = Of<typeof providerShape>;
const providerShape = { name: maybe(name), linked: flag } satisfies Described<"Provider">;
export const provider: Read<Provider> = members(providerShape);

export type Account = Of<typeof accountShape>;
const accountShape = {
  id,
  email: name,
  name,
  roles: list(oneOf(...ROLES), 8),
  disabled: flag,
  passkeys: whole(0, 1000),
  seenAt: maybe(time),
} satisfies Described<"Account">;
export const account: Read<Account> = members(accountShape);
export type SignInLink = Of<typeof linkShape>;
const linkShape = { link: text(500), expires: time } satisfies Described<"SignInLink">;
export const signInLink: Read<SignInLink> = members(linkShape);
export type NewAccount = Of<typeof newAccountShape>;
const newAccountShape = {
  account: members(accountShape),
  signIn: signInLink,
} satisfies Described<"NewAccount">;
export const newAccount: Read<NewAccount> = members(newAccountShape);

export const RECORDING = ["off", "allowed", "required"] as const;
export type RecordingMode = (typeof RECORDING)[number];
export type Policy = Of<typeof policyShape>;
const policyShape = {
  offered: list(oneOf(...SCOPES), SCOPES.length),
  scopes: list(oneOf(...SCOPES), SCOPES.length),
  changedAt: maybe(time),
  recording: oneOf(...RECORDING),
  recordable: flag,
  asking: flag,
} satisfies Described<"Policy">;
export const policy: Read<Policy> = members(policyShape);

/** Why a session is held. An alarm's hold is for good. */
export const HOLD_REASONS = ["dispute", "investigation", "request", "other"] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];
export type Hold = Of<typeof holdShape>;
const holdShape = {
  held: flag,
  reason: maybe(oneOf("alarm", ...HOLD_REASONS)),
  at: maybe(time),
} satisfies Described<"Hold">;
export const hold: Read<Hold> = members(holdShape);

/** Days after a session's end; 0: for good. */
export type Retention = Of<typeof retentionShape>;
const retentionShape = {
  personalDays: whole(0, 3660),
  recordingDays: whole(0, 3660),
  changedAt: maybe(time),
} satisfies Described<"Retention">;
export const retention: Read<Retention> = members(retentionShape);

/** The private half of a recipient, sealed by its auditor. */
export type AuditorIdentity = Of<typeof identityShape>;
const identityShape = {
  recipient: text(100),
  name: some(400),
  sealed: text(8192),
} satisfies Described<"AuditorIdentity">;
/** The same once more, sealed by a passkey. */
export type AuditorPasskey = Of<typeof passkeyOfAuditorShape>;
const passkeyOfAuditorShape = {
  recipient: text(100),
  passkey: text(2000),
  name,
  sealed: text(8192),
} satisfies Described<"AuditorPasskey">;
export type Auditors = Of<typeof auditorsShape>;
const auditorsShape = {
  organisation: name,
  list: maybe(foreign),
  publishedAt: maybe(time),
  fingerprint: some(60),
  identities: listOrNone(members(identityShape)),
  passkeys: listOrNone(members(passkeyOfAuditorShape)),
} satisfies Described<"Auditors">;
export const auditors: Read<Auditors> = members(auditorsShape);

export type Recording = Of<typeof recordingShape>;
const recordingShape = {
  id,
  startedAt: time,
  chunks: whole(0, 50_000),
  bytes: whole(0, Number.MAX_SAFE_INTEGER),
  deletedAt: maybe(time),
} satisfies Described<"Recording">;
export const recording: Read<Recording> = members(recordingShape);
const chunkShape = {
  from: whole(0, Number.MAX_SAFE_INTEGER),
  to: whole(0, Number.MAX_SAFE_INTEGER),
  flags: whole(0, 255),
  length: whole(0, Number.MAX_SAFE_INTEGER),
  hash: text(64),
} satisfies Described<"RecordingChunk">;
const statementShape = {
  body: text(90_000),
  signature: text(100),
} satisfies Described<"RecordingStatement">;
export type OpenedRecording = Of<typeof openedShape>;
const openedShape = {
  ...recordingShape,
  head: some(90_000),
  chunks: list(members(chunkShape), 50_000),
  clientKey: some(64),
  statements: listOrNone(members(statementShape)),
} satisfies Described<"OpenedRecording">;
export const openedRecording: Read<OpenedRecording> = members(openedShape);

const amount = whole(0, Number.MAX_SAFE_INTEGER);
const figuresShape = {
  calls: amount,
  resolved: amount,
  waitP50: amount,
  waitP95: amount,
  resolveP50: amount,
  resolveP95: amount,
  kept: amount,
  broken: amount,
  again: amount,
  spent: amount,
  rated: amount,
  ratedHelped: amount,
} satisfies Described<"ReportFigures">;
export type ReportGroup = Of<typeof reportGroupShape>;
const reportGroupShape = { key: some(400), ...figuresShape } satisfies Described<"ReportGroup">;
const issueShape = { name: some(400), calls: amount, before: amount } satisfies Described<"ReportIssue">;
const reportGroups = list(members(reportGroupShape), 5000);
export type Report = Of<typeof reportShape>;
const reportShape = {
  from: time,
  to: time,
  all: members(figuresShape),
  waiting: amount,
  byPriority: reportGroups,
  byCategory: reportGroups,
  byTechnician: reportGroups,
  byWeek: reportGroups,
  issues: list(members(issueShape), 100),
} satisfies Described<"Report">;
export const report: Read<Report> = members(reportShape);

export type Key = Of<typeof keyShape>;
const keyShape = {
  id,
  state: oneOf("next", "signs", "retired"),
  createdAt: time,
  activatedAt: maybe(time),
  retiredAt: maybe(time),
} satisfies Described<"Key">;
export const key: Read<Key> = members(keyShape);

export type Device = Of<typeof deviceShape>;
const deviceShape = {
  id,
  name,
  from: some(100),
  createdAt: time,
  seenAt: time,
  here: flag,
} satisfies Described<"Device">;
export const device: Read<Device> = members(deviceShape);

export type Note = Of<typeof noteShape>;
const noteShape = { id, author: name, text: text(MAX_TEXT), createdAt: time } satisfies Described<"Note">;

/** What the person who was helped said of it. */
export const RATINGS = ["helped", "not_helped"] as const;

export type TicketSession = Of<typeof ticketSessionShape>;
const ticketSessionShape = {
  id,
  phase: oneOf(...PHASES),
  startedAt: maybe(time),
  endedAt: maybe(time),
  facts: flag,
  rating: maybe(oneOf(...RATINGS)),
} satisfies Described<"TicketSession">;

/** What a ticket is to another. */
export const LINKS = ["related", "duplicate_of", "duplicated_by"] as const;
export type LinkKind = (typeof LINKS)[number];
export type TicketLink = Of<typeof ticketLinkShape>;
const ticketLinkShape = {
  id,
  number: whole(1, Number.MAX_SAFE_INTEGER),
  subject: text(MAX_TEXT),
  state: oneOf(...TICKET_STATES),
  kind: oneOf(...LINKS),
} satisfies Described<"TicketLink">;

/** A file of a ticket. */
export type Attachment = Of<typeof attachmentShape>;
const attachmentShape = {
  id,
  name,
  type: text(400),
  size: amount,
  author: name,
  at: time,
} satisfies Described<"Attachment">;

const askedShape = { reach: some(400), withdrawn: flag, waits: flag } satisfies Described<"TicketAsked">;
const handoverShape = { from: name, note: text(MAX_TEXT), at: time } satisfies Described<"TicketHandover">;
export type Ticket = Of<typeof ticketShape>;
const ticketShape = {
  id,
  number: whole(1, Number.MAX_SAFE_INTEGER),
  subject: text(MAX_TEXT),
  words: some(MAX_TEXT),
  requester: name,
  category: some(400),
  impact: oneOf(...LEVELS),
  urgency: oneOf(...LEVELS),
  priority: whole(1, 5),
  dueAt: time,
  contacts: whole(0, 10_000),
  state: oneOf(...TICKET_STATES),
  assignee: maybe(name),
  resolution: some(MAX_TEXT),
  systemChanges: some(MAX_TEXT),
  minutes: amount,
  sessionMs: amount,
  knowledge: some(1000),
  asked: maybe(members(askedShape)),
  handover: maybe(members(handoverShape)),
  links: listOrNone(members(ticketLinkShape)),
  attachments: listOrNone(members(attachmentShape)),
  createdAt: time,
  updatedAt: time,
  resolvedAt: maybe(time),
  found: maybe(text(MAX_TEXT)),
  notes: listOrNone(members(noteShape)),
  sessions: listOrNone(members(ticketSessionShape)),
} satisfies Described<"Ticket">;
export const ticket: Read<Ticket> = members(ticketShape);

function listOrNone<T>(item: Read<T>): Read<readonly T[]> {
  return (value, path) => (value === undefined ? [] : list(item, 1000)(value, path));
}

export type System = Of<typeof systemShape>;
const systemShape = {
  os: name,
  arch: some(400),
  name: some(400),
  version: some(400),
} satisfies Described<"JoinedSystem">;

const scopeList: Read<readonly Scope[]> = (value, path) => {
  if (value === undefined || value === null || value === "") return [];
  const names = typeof value === "string" ? value.split(" ") : value;
  return list(oneOf(...SCOPES), SCOPES.length)(names, path);
};

/** Why a program that was started cannot show its screen. */
const UNABLE = ["wayland", "no_screen"] as const;

export type Session = Of<typeof sessionShape>;
const sessionShape = {
  id,
  ticket: id,
  ticketNumber: whole(0, Number.MAX_SAFE_INTEGER),
  subject: text(MAX_TEXT),
  requester: name,
  technician: id,
  technicianName: name,
  phase: oneOf(...PHASES) satisfies Read<Phase>,
  reason: maybe(oneOf(...REASONS)) satisfies Read<Reason | undefined>,
  system: maybe(members(systemShape)),
  joinedFrom: some(100),
  grants: scopeList,
  invitedAt: time,
  openedAt: maybe(time),
  unable: maybe(oneOf(...UNABLE)),
  joinedAt: maybe(time),
  liveAt: maybe(time),
  endedAt: maybe(time),
  expiresAt: maybe(time),
  invitation: maybe(id),
  spoken: flag,
} satisfies Described<"Session">;
export const session: Read<Session> = members(sessionShape);

/** What can come of a session, in the order in which people read it. */
export const EFFECTS = [
  "shown",
  "controlled",
  "controlled-long",
  "file-came",
  "file-left",
  "copied-out",
  "recorded",
  "recording-refused",
  "declined",
  "widened",
  "taken-back",
  "alarm",
  "violation",
  "unproven",
  "incomplete",
] as const;
export type Effect = (typeof EFFECTS)[number];
export type FoundSession = Of<typeof foundShape>;
const foundShape = {
  ...sessionShape,
  effects: list(oneOf(...EFFECTS), EFFECTS.length),
} satisfies Described<"FoundSession">;
const foundPage = members({ sessions: listOrNone(members(foundShape)), next: some(200) });
export type FoundPage = ReturnType<typeof foundPage>;
export const found: Read<FoundPage> = foundPage;

export type Alarm = Of<typeof alarmShape>;
const alarmShape = {
  session: id,
  ticketNumber: whole(0, Number.MAX_SAFE_INTEGER),
  subject: text(MAX_TEXT),
  requester: name,
  technicianName: name,
  raisedAt: time,
  seenAt: maybe(time),
} satisfies Described<"Alarm">;
export const alarm: Read<Alarm> = members(alarmShape);

export type AuditEvent = Of<typeof eventShape>;
const eventData: Read<Readonly<Record<string, unknown>>> = (value, path) =>
  isRecord(value) ? value : members({})(value, path);
const eventShape = {
  seq: whole(1, Number.MAX_SAFE_INTEGER),
  time,
  kind: text(64),
  outcome: oneOf("ok", "denied"),
  reporter: oneOf("broker", "client"),
  actor: members({ kind: oneOf("requester", "technician", "operator", "broker", "stranger"), id: some(64) }),
  session: some(64),
  ticket: some(64),
  signed: flag,
  saidAt: maybe(time),
  data: eventData,
} satisfies Described<"Event">;
export const event: Read<AuditEvent> = members(eventShape);

/** The list behind a name: the broker answers {"tickets": […]}. */
export const listOf = <T>(member: string, item: Read<T>): Read<readonly T[]> => {
  const read = members({ [member]: listOrNone(item) });
  return (value, path) => read(value, path)[member] ?? [];
};

/** What the requester's page may know. */
export type InvitationPage = Of<typeof pageShape>;
const summaryShape = {
  startedAt: maybe(time),
  endedAt: maybe(time),
  viewed: flag,
  controlled: flag,
  rating: maybe(oneOf(...RATINGS)),
} satisfies Described<"Summary">;
const pageShape = {
  organisation: name,
  technician: name,
  ticket: amount,
  stage: text(40),
  expiresAt: time,
  unable: maybe(oneOf(...UNABLE)),
  downloads: list(text(20), 8),
  summary: maybe(members(summaryShape)),
} satisfies Described<"LandingPage">;
export const invitationPage: Read<InvitationPage> = members(pageShape);

/** What the person who was helped takes home. */
export type Receipt = Of<typeof receiptShape>;
const receiptShape = {
  complaints: some(400),
  sealed: flag,
  evidence: foreign,
} satisfies Described<"Receipt">;
export const receipt: Read<Receipt> = members(receiptShape);

export const made = members({
  invitation: members({ id, expiresAt: time }),
  session: members({ id }),
});
export const joinToken = members({ token: text(4096) });
/** How many events a session has, and the root of their tree in base64url. */
export const story = members({ events: whole(1, 1_000_000), root: text(64) });
/** Whose code was typed. */
export const foundInvitation = members({ invitation: id });
export const liveChange = members({
  topic: oneOf("ticket", "invitation", "session", "presence"),
  id: text(64),
});
