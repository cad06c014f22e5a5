/** Bar charts as SVG, readable on light and dark pages: no background, and greys that differ from both. */

export interface Bar {
  readonly label: string;
  /** Nothing where it was not reached. */
  readonly value: number | undefined;
  readonly min?: number;
  readonly max?: number;
}

export interface Group {
  readonly label: string;
  readonly bars: readonly Bar[];
}

const [width, left, right, barH, gap, head] = [760, 210, 120, 16, 14, 44] as const;
const colours = ["#3b82f6", "#f59e0b", "#a855f7", "#14b8a6", "#ef4444", "#84cc16"] as const;
const ink = "#7d8590";

/** Groups of horizontal bars on one logarithmic or plain axis. Whiskers are the least and the most of all runs. */
export function barChart(
  title: string,
  unit: string,
  groups: readonly Group[],
  scale: "log" | "plain",
): string {
  const values = groups.flatMap((g) => g.bars.flatMap((b) => [b.value ?? 0, b.max ?? 0]));
  const most = Math.max(...values, 1);
  const place = (v: number): number => {
    const part = scale === "log" ? Math.log10(1 + v) / Math.log10(1 + most) : v / most;
    return left + part * (width - left - right);
  };
  const parts: string[] = [];
  let y = head;
  for (const group of groups) {
    parts.push(words(left - 10, y + (group.bars.length * barH) / 2 + 4, group.label, "end"));
    for (const [i, bar] of group.bars.entries()) {
      parts.push(...drawBar(bar, y, colours[i % colours.length] ?? ink, place));
      y += barH;
    }
    y += gap;
  }
  const names = groups[0]?.bars.map((b) => b.label) ?? [];
  const body = [
    words(left, 18, `${title} (${unit}${scale === "log" ? ", logarithmic" : ""})`),
    ...legend(names),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" font-family="sans-serif" font-size="12" role="img" aria-label="${quoted(title)}">
${[...body, ...parts].join("\n")}
</svg>
`;
}

function drawBar(bar: Bar, y: number, colour: string, place: (v: number) => number): string[] {
  if (bar.value === undefined) return [words(left + 4, y + 12, "not reached")];
  const end = place(bar.value);
  const parts = [
    `<rect x="${left}" y="${y + 2}" width="${number(Math.max(1, end - left))}" height="${barH - 4}" fill="${colour}"/>`,
  ];
  const [from, to] = [place(bar.min ?? bar.value), place(bar.max ?? bar.value)];
  if (to - from > 1) {
    const middle = y + barH / 2;
    parts.push(`<path d="M${number(from)} ${middle}H${number(to)}" stroke="${ink}" stroke-width="2"/>`);
  }
  parts.push(words(Math.max(end, to) + 6, y + 12, shorten(bar.value)));
  return parts;
}

function legend(names: readonly string[]): string[] {
  const step = (width - left) / Math.max(names.length, 1);
  return names.flatMap((name, i) => [
    `<rect x="${number(left + i * step)}" y="27" width="10" height="10" fill="${colours[i % colours.length] ?? ink}"/>`,
    words(left + i * step + 14, 36, name),
  ]);
}

function words(x: number, y: number, text: string, anchor: "start" | "end" = "start"): string {
  return `<text x="${number(x)}" y="${number(y)}" text-anchor="${anchor}" fill="${ink}">${quoted(text)}</text>`;
}

function shorten(v: number): string {
  return v >= 100 ? v.toFixed(0) : v.toFixed(1);
}

function number(v: number): string {
  return String(Math.round(v * 10) / 10);
}

function quoted(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
