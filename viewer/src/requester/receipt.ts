/** The receipt of the person who was helped: what their proof says, on a page that can be printed. */
import { readEvidence } from "../evidence/file.ts";
import { type LoggedEvent, readClaim } from "../evidence/leaf.ts";
import type { Report } from "../evidence/report.ts";
import { verifyEvidence } from "../evidence/verify.ts";
import type { InvitationPage, Receipt } from "../protocol/answers.ts";
import { download } from "../ui/download.ts";
import { eventText, isStory } from "../ui/events.ts";
import { clock, span } from "../ui/format.ts";
import { type Bar, grantsOf } from "../ui/grants.ts";
import { happening } from "../ui/happened.ts";
import { locale } from "../ui/language.ts";
import { lookedOn } from "../ui/looked-on.ts";
import { named, t } from "../ui/texts.ts";
import { h } from "./dom.ts";

/** An event with the time at which the client says that it happened. */
interface Told extends LoggedEvent {
  readonly saidAt: string | undefined;
}

/** Builds the receipt. Throws where the broker's answer is no evidence. */
export async function receiptView(page: InvitationPage, receipt: Receipt): Promise<HTMLElement> {
  const raw = JSON.stringify(receipt.evidence, null, 1);
  const file = readEvidence(raw);
  const report = await verifyEvidence(file, { log: "", witnesses: [] });
  const story = report.story.map((event): Told => ({ ...event, saidAt: saidAt(event) }));
  const happened = happening(story);
  const shown = story.filter(({ kind }) => isStory(kind)).toSorted((a, b) => happened(a) - happened(b));
  const grants = grantsOf(story, happened, Date.now());
  const first = story[0] === undefined ? Date.now() : happened(story[0]);

  const save = h("button", { type: "button", class: "button primary" }, t("receipt.save"));
  save.addEventListener("click", () => {
    download(new Blob([raw], { type: "application/json" }), `beside-receipt-${day(first)}.json`);
  });
  const print = h("button", { type: "button", class: "button" }, t("receipt.print"));
  print.addEventListener("click", () => window.print());
  return h(
    "section",
    { class: "receipt", "aria-labelledby": "receipt-title" },
    h("h2", { id: "receipt-title", tabindex: "-1" }, t("receipt.title")),
    h(
      "dl",
      {},
      ...entry(
        t("receipt.who"),
        t("receipt.who.of", {
          technician: helper(story) ?? page.technician,
          organisation: page.organisation,
        }),
      ),
      ...entry(
        t("receipt.when"),
        new Date(first).toLocaleString(locale(), { dateStyle: "long", timeStyle: "short" }),
      ),
      ...entry(t("receipt.allowed"), list(grants.bars.map(right))),
      ...others(story),
      ...entry(t("receipt.recorded"), recorded(story)),
      ...entry(
        t("receipt.complain"),
        receipt.complaints || t("receipt.complain.ask", { organisation: page.organisation }),
      ),
      ...entry(t("receipt.number"), file.session),
    ),
    h("h3", {}, t("receipt.happened")),
    h(
      "ol",
      { class: "happened" },
      ...shown.map((event) => h("li", {}, h("time", {}, clock(happened(event))), ` ${eventText(event)}`)),
    ),
    h("h3", {}, t("receipt.proof")),
    h("p", { class: report.verdict === "false" ? "warning" : "" }, proofText(report, receipt)),
    h("p", { class: "actions noprint" }, save, print),
    h("p", { class: "hint" }, t("receipt.proof.how")),
  );
}

/** What the proof lacks for reasons that are nobody's fault: who the log's key belongs to is not known here. */
const UNKNOWN_HERE = new Set(["log-key-unconfirmed", "technician-missing", "seal-missing"]);

function proofText(report: Report, receipt: Receipt): string {
  if (report.verdict === "false") return t("receipt.proof.false");
  const n = report.story.length;
  if (!receipt.sealed) return t("receipt.proof.open", { n });
  const gap = report.findings.some(({ kind, code }) => kind === "missing" && !UNKNOWN_HERE.has(code));
  return t(gap ? "receipt.proof.gap" : "receipt.proof.holds", { n });
}

function saidAt({ signed }: LoggedEvent): string | undefined {
  try {
    return signed === undefined ? undefined : readClaim(signed.body).time;
  } catch {
    return undefined; // the proof says so
  }
}

/** The name of who helped, as it was when the program started. */
function helper(story: readonly Told[]): string | undefined {
  const name = story.find(({ kind }) => kind === "session.joined")?.data["technician"];
  return typeof name === "string" && name !== "" ? name : undefined;
}

function right(bar: Bar): string {
  const how = bar.by === undefined ? "" : ` (${named("rightend", bar.by)})`;
  return (
    t("receipt.right", {
      scope: named("scope", bar.scope),
      from: clock(bar.from),
      to: clock(bar.to),
      span: span(bar.to - bar.from),
    }) + how
  );
}

/** Who looked on besides, when somebody did. */
function others(story: readonly Told[]): HTMLElement[] {
  const names = lookedOn(story);
  return names.length === 0 ? [] : entry(t("receipt.looked-on"), names.join(", "));
}

function recorded(story: readonly Told[]): string {
  const started = story.find(({ kind }) => kind === "client.recording_started");
  if (started === undefined) return t("receipt.recorded.no");
  const who = started.data["recipients"];
  return t("receipt.recorded.yes", { who: Array.isArray(who) ? who.join(", ") : "" });
}

function list(lines: readonly string[]): string | HTMLElement {
  return lines.length === 0 ? t("receipt.nothing") : h("ul", {}, ...lines.map((line) => h("li", {}, line)));
}

function entry(name: string, value: string | HTMLElement): HTMLElement[] {
  return [h("dt", {}, name), h("dd", {}, value)];
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
