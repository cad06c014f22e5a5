/** What every page of a signed-in technician is given. Made once, in App. */
import { createContext } from "svelte";
import type { Me } from "../protocol/answers.ts";
import type { Api } from "../protocol/api.ts";
import type { Alerts } from "./alerts.ts";
import type { Clock } from "./clock.svelte.ts";
import type { Live } from "./live.svelte.ts";
import type { Router } from "./router.svelte.ts";
import type { Watch } from "./watch.svelte.ts";

export interface App {
  readonly api: Api;
  readonly me: Me;
  /** Whether the desk is theirs to work at. An auditor reads sessions only. */
  readonly helps: boolean;
  readonly router: Router;
  readonly live: Live;
  readonly watch: Watch;
  readonly alerts: Alerts;
  readonly clock: Clock;
}

export const [getApp, setApp] = createContext<App>();
