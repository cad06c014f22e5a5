/** The help page: it asks what is wrong, waits with the person, and goes on to the program when somebody calls. */
import "./help.css";
import { toBase64Url } from "../protocol/bytes.ts";
import { derivePage, spokenSecret } from "../protocol/invite.ts";
import { inOrder } from "../ui/language.ts";
import { t } from "../ui/texts.ts";
import { askForm } from "./ask-form.ts";
import type { Found } from "./code-page.ts";
import { h } from "./dom.ts";
import { HelpApi } from "./help-api.ts";
import { head, View } from "./view.ts";
import { WaitingPage } from "./waiting-page.ts";

/** Often enough that a step of the technician is seen within a second. */
const POLL_MS = 800;

/** Two doors: the secret of a waiting page for who asked for help, undefined for who has a code. */
export function doors(root: HTMLElement, organisation: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const show = (): void => {
      const ask = h("button", { type: "button", class: "button primary large" }, t("requester.ask"));
      const code = h("button", { type: "button", class: "button large" }, t("requester.ask.code"));
      ask.addEventListener("click", () => askForm(root, organisation, show).then(resolve, reject));
      code.addEventListener("click", () => resolve(undefined));
      root.replaceChildren(
        h(
          "main",
          {},
          head(organisation),
          h("h1", {}, t("requester.code")),
          h("section", { class: "door" }, h("p", {}, t("requester.ask.hint", { organisation })), ask),
          h("section", { class: "door" }, h("p", {}, t("requester.ask.code.hint")), code),
          h("p", { class: "warning" }, t("requester.ask.safe")),
        ),
      );
    };
    show();
  });
}

/** What a technician handed to the page, and whom the person talks to meanwhile. */
export interface Handed extends Found {
  readonly code: string;
  readonly reach: string;
}

/** Waits with the person until a technician hands a code over; undefined when there is nothing to wait for. */
export async function wait(root: HTMLElement, secret: string): Promise<Handed | undefined> {
  const api = new HelpApi(secret);
  let view: WaitingPage | undefined;
  for (;;) {
    const page = await api.read();
    if (page === "unknown") {
      View.problem(root, t("requester.wait.unknown"), t("requester.wait.unknown.hint"));
      return undefined;
    }
    if (page === "away") {
      if (view === undefined) View.problem(root, t("requester.away"), t("requester.away.hint"));
      else view.away();
    } else if (page.start !== undefined) {
      const { invitation, code } = page.start;
      const value = toBase64Url(await derivePage(await spokenSecret(code)));
      return { invitation, page: value, fileName: `Beside-${code}`, code, reach: page.reach };
    } else {
      view ??= new WaitingPage(root, api);
      view.show(page);
      if (page.stage === "withdrawn") return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Above the offer to start: whom to listen to, and what to do where the trouble is on another computer. */
export function callNote({ code, reach }: Handed, technician: string): HTMLElement {
  const digits = code.replace(/(\d{3})(?=\d)/g, "$1 ");
  return h(
    "section",
    { class: "call" },
    h("p", {}, h("strong", {}, t("requester.call", { technician, reach: inOrder(reach) }))),
    h("p", {}, t("requester.call.words", { technician })),
    h("p", {}, t("requester.call.elsewhere", { address: inOrder(`${location.host}/help`) })),
    h("p", { class: "digits", dir: "ltr" }, digits),
  );
}
