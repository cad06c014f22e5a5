import { problemText } from "./problem.ts";

/** What one part of a page asks of the broker, one question after the other, and what went wrong with the last. */
export class Asked {
  /** In words for people; empty: nothing. */
  problem: string = $state("");
  /** An answer is awaited. */
  busy: boolean = $state(false);

  /** Asks and takes the answer. Returns whether there was one; it never rejects. */
  async ask<T>(question: () => Promise<T>, take: (answer: T) => void): Promise<boolean> {
    this.problem = "";
    this.busy = true;
    try {
      take(await question());
      return true;
    } catch (error) {
      this.problem = problemText(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
