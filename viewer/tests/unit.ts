/** Vitest for tests outside of this folder, which have no packages of their own. */
export { expect, test } from "vitest";
