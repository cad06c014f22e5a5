/** What the person sees. Built once; afterwards only what changed is touched, so that the focus stays. */
import type { InvitationPage } from "../protocol/answers.ts";
import { t } from "../ui/texts.ts";
import { askedWhom } from "./asked.ts";
import { h } from "./dom.ts";
import { mark, terminal } from "./picture.ts";
import { ratingOf } from "./rating.ts";
import { stageText, standingOf, summaryOf } from "./stage.ts";
import { commandLine, type System } from "./system.ts";

export interface ViewOptions {
  /** Carries the code to the program. */
  readonly fileName: string;
  readonly system: System;
  readonly onStart: () => void;
  /** Stands above what will happen. */
  readonly note: ((page: InvitationPage) => HTMLElement) | undefined;
  /** Says whether it helped. */
  readonly rate: (helped: boolean) => Promise<void>;
  /** Builds the receipt. */
  readonly receipt: (page: InvitationPage) => Promise<HTMLElement>;
}

export class View {
  private readonly status = h("p", { class: "status", role: "status" });
  private started = false;
  /** The person said that they asked these people. */
  private asked = false;
  private page: InvitationPage;

  constructor(
    private readonly root: HTMLElement,
    page: InvitationPage,
    private readonly options: ViewOptions,
  ) {
    this.page = page;
    if (standingOf(page.stage) === "before") this.offer();
    else this.follow();
  }

  /** A page that says one thing and what to do about it. */
  static problem(root: HTMLElement, title: string, hint: string): void {
    const heading = h("h1", { tabindex: "-1" }, title);
    root.replaceChildren(h("main", {}, head(t("app.name")), heading, h("p", {}, hint)));
    heading.focus();
  }

  /** Shows what changed; true when nothing can change any more. */
  update(page: InvitationPage): boolean {
    const before = standingOf(this.page.stage);
    const standing = standingOf(page.stage);
    this.page = page;
    switch (standing) {
      case "expired":
        View.problem(this.root, t("requester.expired"), t("requester.expired.hint", who(page)));
        return true;
      case "revoked":
        View.problem(this.root, t("requester.revoked"), t("requester.revoked.hint", who(page)));
        return true;
      case "ended":
        this.ended();
        return true;
      case "running":
        if (before !== "running") this.follow();
        break;
      case "before":
        break;
      default:
        return standing satisfies never;
    }
    this.sayStage();
    return false;
  }

  /** The broker does not answer. */
  away(): void {
    this.say(t("requester.away"));
  }

  /** Where there is no Start, nothing waits for it. */
  private sayStage(): void {
    const offered = this.options.system === "linux" && (this.asked || this.page.unable !== undefined);
    const served = offered || standingOf(this.page.stage) === "running";
    this.say(served ? stageText(this.page, this.started) : "");
  }

  /** Only a change is written: a live region reads out all that is written. */
  private say(text: string): void {
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  /** Who wants to help, what will happen, and Start. */
  private offer(): void {
    const { technician, organisation, ticket } = this.page;
    const place = h("div", { class: "place" });
    const question = askedWhom(organisation, (right) => {
      this.asked = right;
      place.replaceChildren(...(right ? [this.startOrWhy()] : []));
      this.sayStage();
    });
    const served = this.options.system === "linux";
    const list = h(
      "ol",
      { class: "plan" },
      h("li", {}, h("strong", {}, t("requester.plan.start")), " ", t("requester.plan.start.text")),
      h(
        "li",
        {},
        h("strong", {}, t("requester.plan.allow")),
        " ",
        t("requester.plan.allow.text", { technician }),
      ),
      h("li", {}, h("strong", {}, t("requester.plan.stop")), " ", t("requester.plan.stop.text")),
    );
    this.root.replaceChildren(
      h(
        "main",
        {},
        head(organisation),
        h("h1", {}, t("requester.who", { technician, organisation })),
        h("p", {}, t("requester.about", { number: ticket })),
        ...(this.options.note === undefined ? [] : [this.options.note(this.page)]),
        h("h2", {}, t("requester.plan")),
        list,
        ...(served
          ? [question, place]
          : [h("p", { class: "warning" }, t("requester.warning")), this.startOrWhy()]),
        this.status,
      ),
    );
  }

  private startOrWhy(): HTMLElement {
    const { system } = this.options;
    if (system !== "linux") {
      return h("p", { class: "notyet" }, t(`requester.notyet.${system}`, who(this.page)));
    }
    const start = this.download("button primary large", t("requester.start"));
    start.addEventListener("click", () => this.onStarted());
    return h("p", { class: "go" }, start);
  }

  private download(look: string, label: string): HTMLAnchorElement {
    return h("a", { class: look, href: "/download/linux", download: this.options.fileName }, label);
  }

  private onStarted(): void {
    if (this.started) return;
    this.started = true;
    this.options.onStart();
    this.sayStage();
    // The browser follows the link first; a link taken away within its own click downloads nothing.
    setTimeout(() => this.explainRun(), 0);
  }

  /** Step 2: browsers take the right to run from what they download, so one line gives it back. */
  private explainRun(): void {
    const line = commandLine(this.options.fileName);
    const field = h("input", {
      class: "input",
      readonly: "",
      value: line,
      "aria-label": t("requester.run.line"),
    });
    field.addEventListener("focus", () => field.select());
    const copy = h("button", { type: "button", class: "button primary" }, t("app.copy"));
    copy.addEventListener("click", () => {
      navigator.clipboard.writeText(line).then(
        () => {
          copy.textContent = t("app.copied");
        },
        () => {
          field.select();
          copy.textContent = t("app.copy.failed");
        },
      );
    });
    const title = h("h1", { tabindex: "-1" }, t("requester.run"));
    this.root.replaceChildren(
      h(
        "main",
        {},
        head(this.page.organisation),
        title,
        h("p", {}, t("requester.run.why")),
        h(
          "ol",
          { class: "plan" },
          h("li", {}, t("requester.run.copy"), h("span", { class: "copyline" }, field, copy)),
          h("li", {}, t("requester.run.terminal")),
          h("li", {}, t("requester.run.paste"), terminal(t("requester.run.picture"))),
        ),
        this.status,
        h(
          "p",
          { class: "hint" },
          `${t("requester.run.again")} `,
          this.download("", t("requester.run.again.link")),
        ),
      ),
    );
    title.focus();
  }

  /** The program runs: what counts happens in its own windows now. */
  private follow(): void {
    const { technician, organisation } = this.page;
    const title = h("h1", { tabindex: "-1" }, t("requester.running"));
    this.root.replaceChildren(
      h(
        "main",
        {},
        head(organisation),
        title,
        this.status,
        h("p", {}, t("requester.running.hint", { technician })),
        h("p", { class: "hint" }, t("requester.running.other")),
      ),
    );
    title.focus();
  }

  /** A button whose place the receipt takes. */
  private receiptButton(): HTMLElement {
    const button = h("button", { type: "button", class: "button" }, t("receipt.get"));
    const problem = h("p", { class: "problem", role: "alert" });
    const place = h("div", { class: "get-receipt" }, button, problem);
    button.addEventListener("click", () => {
      button.disabled = true;
      problem.textContent = "";
      this.options.receipt(this.page).then(
        (view) => {
          place.replaceChildren(view);
          view.querySelector("h2")?.focus();
        },
        () => {
          problem.textContent = t("receipt.failed");
          button.disabled = false;
        },
      );
    });
    return place;
  }

  private ended(): void {
    const title = h("h1", { tabindex: "-1" }, t("requester.ended"));
    const lines = summaryOf(this.page).map((line) => h("li", {}, line));
    const receipt = this.receiptButton();
    this.root.replaceChildren(
      h(
        "main",
        {},
        head(this.page.organisation),
        title,
        h("ul", { class: "summary" }, ...lines),
        h("p", {}, t("requester.ended.now", who(this.page))),
        ...(this.page.summary?.startedAt === undefined ? [] : [ratingOf(this.page, this.options.rate)]),
        receipt,
        h("p", { class: "hint noprint" }, t("requester.ended.file")),
      ),
    );
    title.focus();
  }
}

function who(page: InvitationPage): { technician: string; organisation: string } {
  return { technician: page.technician, organisation: page.organisation };
}

/** The line on top of every page. */
export function head(name: string): HTMLElement {
  return h("p", { class: "head" }, mark(), name);
}
