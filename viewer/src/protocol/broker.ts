/**
 * Where the broker is: at the page's own address, unless a program on this computer
 * serves the page (`beside viewer`), which then says so in the page.
 */

/** The element of that program. A broker's page has none. */
const META = 'meta[name="beside-broker"]';

function told(): string | undefined {
  return document.querySelector<HTMLMetaElement>(META)?.content;
}

/** Whether the broker itself served this page. What is bound to its address works nowhere else. */
export function servedByBroker(): boolean {
  return told() === undefined;
}

/** The broker's address, as links and proofs name it. Calls go to the page's own in any case. */
export function brokerURL(): URL {
  return new URL(told() ?? location.origin);
}
