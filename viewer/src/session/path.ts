/** How the picture travels, from the browser's own figures. */

export interface PathFigures {
  /** Straight to the client, or through the relay; undefined before anything is known. */
  readonly path: "direct" | "relay" | undefined;
  /** Round trip in milliseconds. */
  readonly roundTripMs: number | undefined;
  /** Bytes received so far on this connection. */
  readonly bytesReceived: number;
  /** When the last packet came, by Date.now; undefined where the browser does not say. */
  readonly heardAt: number | undefined;
}

interface PairStats extends RTCStats {
  readonly selected?: boolean; // Firefox
  readonly nominated?: boolean;
  readonly state?: string;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly currentRoundTripTime?: number;
  readonly bytesReceived?: number;
  readonly lastPacketReceivedTimestamp?: number;
}

/** Reads the pair of candidates in use from a report. */
export function readPath(report: RTCStatsReport): PathFigures {
  const byId = new Map<string, RTCStats & Record<string, unknown>>();
  let pair: PairStats | undefined;
  let selectedId: unknown;
  report.forEach((entry: RTCStats & Record<string, unknown>) => {
    byId.set(entry.id, entry);
    if (entry.type === "transport") selectedId = entry["selectedCandidatePairId"] ?? selectedId;
    if (entry.type === "candidate-pair" && (entry["selected"] === true || entry["nominated"] === true)) {
      pair ??= entry as PairStats;
    }
  });
  if (typeof selectedId === "string") pair = (byId.get(selectedId) as PairStats | undefined) ?? pair;
  if (pair === undefined)
    return { path: undefined, roundTripMs: undefined, bytesReceived: 0, heardAt: undefined };
  const relayed = [pair.localCandidateId, pair.remoteCandidateId].some(
    (candidate) => candidate !== undefined && byId.get(candidate)?.["candidateType"] === "relay",
  );
  const rtt = pair.currentRoundTripTime;
  return {
    path: relayed ? "relay" : "direct",
    roundTripMs: rtt === undefined ? undefined : rtt * 1000,
    bytesReceived: pair.bytesReceived ?? 0,
    heardAt: pair.lastPacketReceivedTimestamp,
  };
}
