import { choose, LANGUAGES, language, nameOf } from "../ui/language.ts";
import { t } from "../ui/texts.ts";
import { h } from "./dom.ts";

/** Below the page: in which language it speaks. Each is named in itself, for who does not read the one that is shown. */
export function languageChoice(): HTMLElement {
  const select = h("select", { id: "language", class: "choice" });
  for (const name of LANGUAGES) {
    const option = h("option", { value: name, lang: name }, nameOf(name));
    option.selected = name === language();
    select.append(option);
  }
  select.addEventListener("change", () => choose(select.value));
  return h("footer", {}, h("label", { for: "language" }, t("app.language")), select);
}
