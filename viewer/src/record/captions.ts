/** Something that happened at a moment, in milliseconds. */
export interface Caption {
  readonly at: number;
  readonly text: string;
}

const SHOWN_MS = 5000;
const LEAST_MS = 500;

/** WebVTT of what happened: each line until the next, five seconds at most. What comes at once is one cue. */
export function webVtt(captions: readonly Caption[]): string {
  const sorted = captions.toSorted((a, b) => a.at - b.at);
  const cues: { at: number; lines: string[] }[] = [];
  for (const { at, text } of sorted) {
    const last = cues.at(-1);
    if (last !== undefined && at - last.at < LEAST_MS) last.lines.push(text);
    else cues.push({ at, lines: [text] });
  }
  const written = cues.map(({ at, lines }, i) => {
    const end = Math.min(at + SHOWN_MS, cues[i + 1]?.at ?? Number.POSITIVE_INFINITY);
    return `${stamp(at)} --> ${stamp(end)}\n${lines.map(escaped).join("\n")}\n`;
  });
  return ["WEBVTT\n", ...written].join("\n");
}

function stamp(ms: number): string {
  const part = (n: number, digits: number): string => String(Math.floor(n)).padStart(digits, "0");
  return `${part(ms / 3_600_000, 2)}:${part((ms / 60_000) % 60, 2)}:${part((ms / 1000) % 60, 2)}.${part(ms % 1000, 3)}`;
}

/** A line of a cue: no markup, no line of its own, no arrow that would begin another cue. */
function escaped(text: string): string {
  const plain = text.replaceAll(/\s+/g, " ").trim();
  return plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
