/** The page where a spoken code is typed: it finds the invitation, and says no more than that. */
import { toBase64Url } from "../protocol/bytes.ts";
import { derivePage, parseSpoken, spokenSecret } from "../protocol/invite.ts";
import { type Key, t } from "../ui/texts.ts";
import { h } from "./dom.ts";
import { findInvitation } from "./page-api.ts";
import { head } from "./view.ts";

/** What a good code leads to. */
export interface Found {
  readonly invitation: string;
  /** The page value, in base64url. */
  readonly page: string;
  readonly fileName: string;
}

const PROBLEM = {
  unknown: "requester.code.unknown",
  many: "requester.code.many",
  away: "requester.away",
} as const satisfies Record<string, Key>;

/** Asks until a code is good. */
export function askCode(root: HTMLElement): Promise<Found> {
  const field = h("input", {
    class: "input code",
    id: "code",
    inputmode: "numeric",
    autocomplete: "one-time-code",
    maxlength: "20",
    "aria-describedby": "code-problem",
  });
  const problem = h("p", { class: "problem", id: "code-problem", role: "alert" });
  const go = h("button", { class: "button primary large" }, t("requester.code.go"));
  const form = h(
    "form",
    { class: "code-form" },
    h("label", { for: "code" }, t("requester.code.label")),
    field,
    problem,
    go,
  );
  root.replaceChildren(
    h(
      "main",
      {},
      head(t("app.name")),
      h("h1", {}, t("requester.code")),
      h("p", {}, t("requester.code.hint")),
      form,
      h("p", { class: "warning" }, t("requester.warning")),
    ),
  );
  field.focus();
  return new Promise((resolve) => {
    const say = (text: string): void => {
      problem.textContent = text;
      field.focus();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const digits = parseSpoken(field.value);
      if (digits === undefined) {
        say(t("requester.code.bad"));
        return;
      }
      problem.textContent = "";
      go.disabled = true;
      find(digits).then(
        (found) => {
          go.disabled = false;
          if (typeof found === "string") say(t(PROBLEM[found]));
          else resolve(found);
        },
        () => {
          go.disabled = false;
          say(t("requester.away"));
        },
      );
    });
  });
}

async function find(digits: string): Promise<Found | keyof typeof PROBLEM> {
  const page = toBase64Url(await derivePage(await spokenSecret(digits)));
  const answer = await findInvitation(page);
  return answer.is === "found" ? { invitation: answer.id, page, fileName: `Beside-${digits}` } : answer.is;
}
