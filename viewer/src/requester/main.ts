/**
 * The page behind a one-time link, the one where a spoken code is typed, and the one where help is asked for, for
 * the person who is helped. It reads its own stage with a value derived from the
 * link's fragment or the digits; these themselves go nowhere. Opening the page changes nothing: only a gesture does.
 */
import "./requester.css";
import type { InvitationPage } from "../protocol/answers.ts";
import { toBase64Url } from "../protocol/bytes.ts";
import { derivePage, parseCode, parsePage } from "../protocol/invite.ts";
import { speakAsWanted } from "../ui/language.ts";
import { t } from "../ui/texts.ts";
import { askCode } from "./code-page.ts";
import { door, secretOf } from "./help-api.ts";
import { languageChoice } from "./language-choice.ts";
import { type Answer, PageApi } from "./page-api.ts";
import { systemOf } from "./system.ts";
import { View } from "./view.ts";

const POLL_MS = 2000;

async function start(root: HTMLElement): Promise<void> {
  document.title = t("requester.title");
  if (location.pathname === "/help") {
    await help(root);
    return;
  }
  const id = location.pathname.replace(/^\/j\//, "").replace(/\/$/, "");
  const fragment = location.hash.slice(1);
  const code = parseCode(fragment);
  const page = parsePage(fragment);
  if (page !== undefined && id !== "") {
    await follow(root, new PageApi(id, page), { fileName: "Beside" }); // to read; nothing is left that a program could join
    return;
  }
  if (code === undefined || id === "") {
    View.problem(root, t("requester.incomplete"), t("requester.incomplete.hint"));
    return;
  }
  const api = new PageApi(id, toBase64Url(await derivePage(code.secret)));
  await follow(root, api, { fileName: `Beside-${code.secret}${code.keyHash}` });
}

/** The page without a link: help is asked for where that is allowed, or a code is typed. */
async function help(root: HTMLElement): Promise<void> {
  let secret = secretOf(location.hash);
  if (secret === undefined) {
    const open = await door().catch(() => undefined);
    if (open?.asking === true) {
      const { doors } = await import("./help-page.ts");
      secret = await doors(root, open.organisation);
      if (secret !== undefined) history.replaceState(null, "", `#${secret}`);
    }
  }
  if (secret === undefined) {
    const { invitation, page, fileName } = await askCode(root);
    await follow(root, new PageApi(invitation, page), { fileName });
    return;
  }
  const { callNote, wait } = await import("./help-page.ts");
  for (;;) {
    const handed = await wait(root, secret);
    if (handed === undefined) return;
    const left = await follow(root, new PageApi(handed.invitation, handed.page), {
      fileName: handed.fileName,
      note: ({ technician }) => callNote(handed, technician),
      // A code that was not used is no end of waiting.
      leaves: ({ stage }) => stage === "expired" || stage === "revoked",
    });
    if (!left) return;
  }
}

interface Followed {
  readonly fileName: string;
  /** Stands above the offer to start. */
  readonly note?: (page: InvitationPage) => HTMLElement;
  /** Whether somebody else shows what comes next. */
  readonly leaves?: (page: InvitationPage) => boolean;
}

/** Shows the page and keeps its stage fresh until nothing can change any more; true when somebody else goes on. */
async function follow(
  root: HTMLElement,
  api: PageApi,
  { fileName, note, leaves }: Followed,
): Promise<boolean> {
  let view: View | undefined;
  for (;;) {
    const answer = await api.read();
    if (answer.is === "page" && leaves?.(answer.page) === true) return true;
    if (answer.is === "page" && view === undefined) {
      view = new View(root, answer.page, {
        fileName,
        note,
        system: systemOf(navigator.userAgent),
        receipt: async (page) => {
          const [{ receiptView }, receipt] = await Promise.all([import("./receipt.ts"), api.receipt()]);
          return await receiptView(page, receipt);
        },
        rate: (helped) => api.rate(helped),
        onStart: () => api.opened().catch(() => undefined), // for the technician's eyes only: nothing depends on it
      });
    }
    if (show(root, view, answer)) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Shows one answer; true when it was the last. */
function show(root: HTMLElement, view: View | undefined, answer: Answer): boolean {
  switch (answer.is) {
    case "page":
      return view?.update(answer.page) ?? true;
    case "unknown":
      View.problem(root, t("requester.unknown"), t("requester.unknown.hint"));
      return true;
    case "away":
      if (view === undefined) View.problem(root, t("requester.away"), t("requester.away.hint"));
      else view.away();
      return false;
    default:
      return answer satisfies never;
  }
}

const root = document.getElementById("app");
if (root !== null) {
  await speakAsWanted();
  root.after(languageChoice());
  start(root).catch((error: unknown) => {
    console.error(error);
    View.problem(root, t("requester.broken"), t("requester.broken.hint"));
  });
  // Another link pasted over this one is another page.
  addEventListener("hashchange", () => location.reload());
}
