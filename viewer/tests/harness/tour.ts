import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { docsFolder } from "./paths.ts";
import { run } from "./process.ts";

/** Set by `make tour`. Otherwise pictures would change with every run of the tests. */
const keep = process.env["TOUR"] !== undefined;

/** The pictures of docs/tour.md in their order, with what each shows. A text alone begins a chapter. */
const tour = [
  "The technician invites",
  ["sign-in", "A sign-in link, spent by a click"],
  ["sign-in-none", "Signed out"],
  ["passkey-add", "A passkey takes the link's place"],
  ["recovery-codes", "Recovery codes, shown once"],
  ["sign-in-choice", "The next sign-in"],
  ["sign-in-recovery", "Without the device: a recovery code"],
  ["sign-in-provider", "With the organisation's single sign-on"],
  ["account", "One's own account: passkeys, codes, devices"],
  ["proof", "What matters takes the passkey again"],
  ["desk-empty", "The desk with nothing to do"],
  ["ticket-new", "A new ticket: impact and urgency give its priority"],
  ["desk", "The desk: who comes first is on top"],
  ["desk-narrow", "The desk at 360 pixels"],
  ["desk-dark", "The desk by night"],
  ["solved-before", "How it was solved before, one press away"],
  ["help", "Help makes the one-time link and copies it"],

  ["report", "What the desk did in a month, with the figures as a file"],
  ["machines", "Machines that were helped, to be filtered and had as a file"],
  ["machine", "One machine, session by session"],

  "The administrator",
  ["admin-people", "Who may sign in, and what for"],
  ["admin-add", "Somebody new comes with a link"],
  ["admin-policy", "A policy only takes away"],
  ["admin-keys", "Keys turn without anybody noticing"],
  ["recording-keys", "Keys that open recordings are made in the browser"],
  ["recording-kit", "The recovery kit is tried out before anything counts"],
  ["recording-list", "Who can open recordings"],

  "A person asks",
  ["help-doors", "The help page, on a telephone"],
  ["help-ask", "What is wrong, in the person's own words"],
  ["help-waiting", "The page waits with them, and changes by itself"],
  ["help-ticket", "The technician sees it come, and how to reach them"],
  ["help-called", "Called: the page offers the program"],
  ["handover", "A ticket is handed over with what the next one has to know"],

  "On the telephone",
  ["code", "Where nothing can be sent, nine digits are told"],
  ["code-page", "The page where they are typed"],
  ["words", "Then four words are told: whoever listens in between has others"],
  ["words-window", "The requester chooses them, or none of these"],

  "The requester comes",
  ["landing", "The page behind the link"],
  ["landing-stop", "Who was called by a stranger gets no further"],
  ["landing-narrow", "The same at 360 pixels"],
  ["landing-run", "After Start: one line for the terminal"],
  ["landing-run-narrow", "The same at 360 pixels"],
  ["landing-windows", "On a system that is not served yet"],
  ["client-paste", "The program without a link asks for it"],
  ["client-paste-wrong", "What is no link is refused in plain words"],
  ["client-host", "A program without a configuration asks about the address"],
  ["client-waiting", "The program waits for the technician"],
  ["client-used", "A link works once"],
  ["client-wayland", "The program on a desktop that it cannot show"],
  ["session-wayland", "The technician is told, and the link stays good"],
  ["desk-wayland", "The same at the desk"],

  "Both agree",
  ["desk-arrived", "The technician sees who joined before anything is asked"],
  ["desk-arrived-elsewhere", "The same while another ticket is open"],
  ["session-arrived", "The same on the page of the session"],
  ["session-asking", "The requester is being asked"],
  ["client-consent", "Consent: each right its own choice, Decline first"],

  "Side by side",
  ["session-live", "The live picture"],
  ["client-bar", "The bar on the requester's screen"],
  ["session-ask-control", "Asking for control"],
  ["client-consent-control", "Control is asked for by itself"],
  ["session-control", "Mouse and keyboard are lent"],
  ["session-monitors", "Each monitor, or all as one"],
  ["session-keys", "Keys that a browser keeps for itself"],
  ["client-bar-control", "The bar says who controls"],
  ["facts-asked", "Facts of the machine are a question of their own"],
  ["facts", "What the machine says of itself, beside the picture"],
  ["pointing", "Pointing at the screen: nothing is clicked"],
  ["pointing-there", "What the requester sees of it"],
  ["colleague-asks", "A second technician would like to look on: the requester is asked"],
  ["colleague-bar", "Who looks on stands on the requester's bar, with the way to end it"],
  ["colleague", "What the second technician has: the picture, and nothing to press"],
  ["session-paused", "The requester paused"],
  ["session-superseded", "The newest tab has the session"],
  ["session-finish", "Finish asks for the resolution, pre-filled"],

  "From a telephone",
  ["desk-phone", "The desk on a telephone"],
  ["session-phone", "The picture fits; a tap clicks, two fingers turn the wheel"],
  ["session-phone-closer", "Two fingers that go apart look closer"],
  ["session-phone-typing", "The telephone's keyboard types there, with the keys that it lacks"],
  ["session-phone-more", "What is not needed all the time is in a sheet"],

  "Recording",
  ["recording-asked", "Recording is a question of its own, with the names of who can open it"],
  ["recording-required", "Where the organisation requires it, it is said before"],
  ["recording", "An auditor plays it, with the events beside it"],
  ["recording-passkey", "The key that opens it can be opened by a passkey too"],
  ["recording-gap", "What was not recorded is said"],

  "The auditor",
  ["auditor-search", "Sessions by who, where, when and what came of them"],
  ["auditor-proof", "Rights over time, and the proof, checked in the browser"],

  "Afterwards",
  ["client-summary", "The requester's summary"],
  ["receipt", "The requester's receipt, with a proof"],
  ["landing-ended", "The page behind the link, afterwards"],
  ["ticket-resolved", "The ticket keeps note and sessions"],
  ["facts-ticket", "The ticket keeps what the machine said, and what changed"],
  ["session-ended", "A session that the requester ended"],
  ["sessions", "All sessions"],
  ["timeline", "What happened in one session"],
  ["timeline-narrow", "The same at 360 pixels"],

  "In other languages",
  ["landing-ar", "A link's page in Arabic, from right to left"],
  ["desk-ar", "The desk in Arabic"],
] as const;

type Shot = Exclude<(typeof tour)[number], string>[0];

/** Keeps a picture of a page or window and writes docs/tour.md anew, with all the pictures that there are. */
export async function shot(name: Shot, take: () => Promise<Buffer>): Promise<void> {
  if (!keep) return;
  const folder = join(docsFolder, "tour");
  await mkdir(folder, { recursive: true });
  const small = [
    "png:-",
    "+dither",
    "-colors",
    "255",
    "-strip",
    "-define",
    "png:compression-level=9",
    "PNG8:-",
  ];
  await writeFile(join(folder, `${name}.png`), await run("convert", small, { input: await take() }));
  const there = new Set(await readdir(folder));
  const lines = tour.map((entry) => {
    if (typeof entry === "string") return `\n## ${entry}\n`;
    const [file, what] = entry;
    return there.has(`${file}.png`) ? `\n**${what}**\n\n![${what}](tour/${file}.png)\n` : "";
  });
  await writeFile(join(docsFolder, "tour.md"), `${head}${lines.join("")}`);
}

const head = "# A tour in pictures\n\nTaken by the end-to-end tests; `make tour` takes them anew.\n";
