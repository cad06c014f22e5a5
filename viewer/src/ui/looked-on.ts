/** Who looked on in a session, besides the technician whose it was. Pure. */

/** What of an event says so. */
export interface Told {
  readonly kind: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The second technicians whom the person let look on, each once. */
export function lookedOn(events: readonly Told[]): readonly string[] {
  const names = new Set<string>();
  let asked = "";
  for (const { kind, data } of events) {
    if (kind === "client.colleague_asked") asked = String(data?.["technician"] ?? "");
    if (kind === "client.colleague_allowed" && asked !== "") names.add(asked);
  }
  return [...names];
}
