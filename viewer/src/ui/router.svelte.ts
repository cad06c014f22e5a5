/** Which page is shown. One instance, made by main and handed down. */
import { type Route, routeOf } from "./route.ts";

export class Router {
  path: string = $state(location.pathname);
  readonly route: Route = $derived(routeOf(this.path));

  constructor(signal: AbortSignal) {
    addEventListener("popstate", () => this.read(), { signal });
    document.addEventListener("click", (event) => this.onClick(event), { signal });
  }

  go(path: string, how: "push" | "replace" = "push"): void {
    if (path === location.pathname) return;
    if (how === "push") history.pushState(null, "", path);
    else history.replaceState(null, "", path);
    this.read();
  }

  private read(): void {
    this.path = location.pathname;
  }

  /** A plain click on a link to one of our pages does not load the page anew. */
  private onClick(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || link.target !== "" || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || link.hash !== "" || link.pathname.startsWith("/j/")) return;
    event.preventDefault();
    this.go(link.pathname);
  }
}
