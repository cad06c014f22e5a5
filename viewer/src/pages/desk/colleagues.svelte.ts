/** Who works at the desk, read anew as they come and go. */
import { onDestroy } from "svelte";
import { askColleagues, type Colleague } from "../../protocol/people.ts";
import { getApp } from "../../ui/context.ts";
import { bundled } from "../../ui/live.svelte.ts";

/** For a component that is being made: follows until it goes. */
export class Colleagues {
  all: readonly Colleague[] = $state.raw([]);

  constructor() {
    const { api, live } = getApp();
    const life = new AbortController();
    onDestroy(() => life.abort());
    const reread = bundled(async () => {
      this.all = await askColleagues(api);
    }, life.signal);
    life.signal.addEventListener("abort", live.onPresence(reread));
    reread();
  }
}
