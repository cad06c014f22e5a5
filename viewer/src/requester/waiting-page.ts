/** The page of a person who waits for help. Built once a stage; between, only what changed is written. */
import type { Waiting } from "../protocol/waiting.ts";
import { t } from "../ui/texts.ts";
import { REFUSAL } from "./ask-form.ts";
import { cards } from "./cards.ts";
import { h } from "./dom.ts";
import { type HelpApi, refusalOf } from "./help-api.ts";
import { head } from "./view.ts";
import { linesOf, titleOf } from "./waiting.ts";

export class WaitingPage {
  private readonly title = h("h1", { tabindex: "-1" });
  private readonly status = h("div", { class: "waiting", role: "status" });
  private readonly words = h("blockquote", { class: "words" });
  private readonly problem = h("p", { class: "problem", role: "alert" });
  private stage: Waiting["stage"] | undefined;
  private said = "";

  constructor(
    private readonly root: HTMLElement,
    private readonly api: HelpApi,
  ) {}

  show(page: Waiting): void {
    const said = [titleOf(page), ...linesOf(page)].join("\n");
    if (said !== this.said) {
      this.said = said;
      this.title.textContent = titleOf(page);
      this.status.replaceChildren(...linesOf(page).map((line) => h("p", {}, line)));
    }
    if (this.words.textContent !== page.words) this.words.textContent = page.words;
    this.problem.textContent = "";
    if (page.stage !== this.stage) this.build(page);
  }

  /** The broker does not answer. */
  away(): void {
    this.problem.textContent = t("requester.away");
  }

  private build(page: Waiting): void {
    const first = this.stage === undefined;
    this.stage = page.stage;
    const done = page.stage === "over" || page.stage === "withdrawn";
    const number = h("p", { class: "hint" }, t("requester.wait.number", { number: page.number }));
    const again = h("a", { class: "button primary large", href: "/help" }, t("requester.wait.again"));
    this.root.replaceChildren(
      h(
        "main",
        {},
        head(page.organisation),
        this.title,
        this.status,
        this.problem,
        ...(done ? [h("p", { class: "go" }, again), number] : [number, cards(), this.yours()]),
      ),
    );
    if (first) this.title.focus();
  }

  /** What was said, more words, and the way out. */
  private yours(): HTMLElement {
    return h(
      "section",
      { class: "yours", "aria-labelledby": "yours" },
      h("h2", { id: "yours" }, t("requester.wait.yours")),
      this.words,
      this.more(),
      this.leave(),
    );
  }

  private more(): HTMLElement {
    const field = h("textarea", { class: "input", id: "more", rows: "3", maxlength: "2000", required: "" });
    const send = h("button", { class: "button" }, t("requester.ask.send"));
    const said = h("p", { class: "hint", role: "status" });
    const form = h(
      "form",
      { class: "ask" },
      h("div", { class: "field" }, h("label", { for: "more" }, t("requester.wait.more")), field),
      h("p", { class: "row" }, send, said),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send.disabled = true;
      this.api.say(field.value).then(
        () => {
          field.value = "";
          said.textContent = t("requester.wait.more.done");
          send.disabled = false;
        },
        (error: unknown) => {
          said.textContent = t(REFUSAL[refusalOf(error)]);
          send.disabled = false;
        },
      );
    });
    return form;
  }

  /** Asked once more: a person who is upset presses the wrong thing. */
  private leave(): HTMLElement {
    const place = h("div", { class: "leave" });
    const gone = h("button", { type: "button", class: "button" }, t("requester.wait.leave"));
    const yes = h("button", { type: "button", class: "button danger" }, t("requester.wait.leave.yes"));
    const no = h("button", { type: "button", class: "button" }, t("requester.wait.leave.no"));
    const problem = h("p", { class: "problem", role: "alert" });
    gone.addEventListener("click", () => {
      place.replaceChildren(
        h("p", {}, t("requester.wait.leave.sure")),
        h("p", { class: "row" }, yes, no),
        problem,
      );
      no.focus();
    });
    no.addEventListener("click", () => {
      place.replaceChildren(gone);
      gone.focus();
    });
    yes.addEventListener("click", () => {
      yes.disabled = true;
      this.api.withdraw().then(
        () => this.title.focus(),
        (error: unknown) => {
          yes.disabled = false;
          problem.textContent = t(REFUSAL[refusalOf(error)]);
        },
      );
    });
    place.append(gone);
    return place;
  }
}
