import { readFileSync } from "node:fs";
import { Encrypter } from "age-encryption";
import { describe, expect, it } from "vitest";
import { fromBase64, toBase64Url } from "../protocol/bytes.ts";
import { isSealed, newIdentity, openFor, readIdentity, seal, unseal, WrongKey } from "./age.ts";
import {
  fault,
  fingerprint,
  isRecipient,
  newRoot,
  readList,
  readRoot,
  rootText,
  signList,
} from "./auditors.ts";
import { openKit, sealKit } from "./kit.ts";
import { meant, strength, suggest } from "./passphrase.ts";

/** signaling/auditors/testdata/list.json, which Go writes and reads too. */
const file = new URL("../../../signaling/auditors/testdata/list.json", import.meta.url);
const golden = JSON.parse(readFileSync(file, "utf8")) as {
  root: string;
  seed: string;
  fingerprint: string;
  list: { root: string; body: string; signature: string };
};

describe("the list of auditors", () => {
  it("is read as Go wrote it", async () => {
    const list = await readList(golden.list);
    expect(list.organisation).toBe("Example <Org>");
    expect(list.number).toBe(3);
    expect(list.recipients.map(({ name }) => name)).toEqual(["Ada Ünal", "Recovery"]);
    expect(toBase64Url(list.root)).toBe(golden.root);
    expect(await fingerprint(list.root)).toBe(golden.fingerprint);
  });

  it("is signed as Go signs it", async () => {
    const root = { seed: fromBase64(golden.seed), publicKey: fromBase64(golden.root) };
    const body = JSON.parse(new TextDecoder().decode(fromBase64(golden.list.body))) as never;
    const again = await readList(JSON.parse(await signList(root, body)));
    expect(again).toEqual(await readList(golden.list));
  });

  it("is refused when anything of it is changed", async () => {
    const { root, body, signature } = golden.list;
    const other = toBase64Url((await newRoot()).publicKey);
    for (const bad of [
      { root, body: body.replace("e", "f"), signature },
      { root: other, body, signature },
      { root, body, signature: signature.replace("0", "1") },
      { root, body, signature, more: 1 },
      { root, body },
      undefined,
    ]) {
      await expect(readList(bad)).rejects.toThrow();
    }
  });

  it("has two recipients with names and keys of their own, at least", async () => {
    const [a, b] = await Promise.all([newIdentity(), newIdentity()]);
    const of = (...recipients: { name: string; key: string }[]) => fault({ recipients });
    const ada = { name: "Ada", key: a.recipient };
    const ben = { name: "Ben", key: b.recipient };
    expect(of(ada, ben)).toBeUndefined();
    expect(of(ada)).toBe("few");
    expect(of(ada, { ...ben, key: ada.key })).toBe("twice");
    expect(of(ada, { ...ben, key: "age1x" })).toBe("key");
    expect(of(ada, { ...ben, name: "" })).toBe("name");
    expect(of(ada, { ...ben, name: "Ben\nAda" })).toBe("name");
    expect(of(...Array.from({ length: 17 }, () => ada))).toBe("many");
    expect(isRecipient(golden.root)).toBe(false);
  });
});

describe("keys", () => {
  it("a root is kept as text, and damage is noticed", async () => {
    const root = await newRoot();
    const text = rootText(root, "Example\nOrg");
    expect(await readRoot(text)).toEqual(root);
    expect(await readRoot("AGE-SECRET-KEY-1")).toBeUndefined();
    const other = rootText({ ...root, publicKey: (await newRoot()).publicKey }, "Example");
    expect(await readRoot(other)).toBeUndefined();
  });

  it("are opened by their passphrase alone", async () => {
    const identity = await newIdentity();
    const sealed = await seal(`# Ada\n${identity.secret}\n`, "correct horse battery staple");
    expect(isSealed(sealed)).toBe(true);
    expect(sealed).not.toContain("AGE-SECRET-KEY");
    expect(await readIdentity(await unseal(sealed, "correct horse battery staple"))).toEqual(identity);
    await expect(unseal(sealed, "correct horse battery")).rejects.toThrow(WrongKey);
    await expect(unseal("nonsense", "x")).rejects.toThrow(WrongKey);
    await expect(readIdentity("nothing")).rejects.toThrow(WrongKey);
  }, 60_000);

  it("a kit opens with its code alone, and holds both keys", async () => {
    const kit = { root: await newRoot(), recovery: await newIdentity() };
    const sealed = await sealKit(kit, "Example", "0F7K-Q2MZ-88XA-PW3R-T6CE-9HJD");
    expect(await openKit(sealed, "0F7K-Q2MZ-88XA-PW3R-T6CE-9HJD")).toEqual(kit);
    await expect(openKit(sealed, "0F7K-Q2MZ-88XA-PW3R-T6CE-9HJE")).rejects.toThrow(WrongKey);
    const identity = await seal(`${kit.recovery.secret}\n`, "code");
    await expect(openKit(identity, "code")).rejects.toThrow(WrongKey);
  }, 60_000);

  it("open what is sealed to them and others, and nothing else", async () => {
    const [ada, recovery, stranger] = await Promise.all([newIdentity(), newIdentity(), newIdentity()]);
    const encrypter = new Encrypter();
    encrypter.addRecipient(ada.recipient);
    encrypter.addRecipient(recovery.recipient);
    const sealed = new Uint8Array(await encrypter.encrypt("data key"));
    for (const identity of [ada, recovery]) {
      expect(new TextDecoder().decode(await openFor(identity, sealed))).toBe("data key");
    }
    await expect(openFor(stranger, sealed)).rejects.toThrow(WrongKey);
  });
});

describe("passphrases", () => {
  it("are worth what they are", () => {
    const table: [string, string][] = [
      ["short", "hunter2"],
      ["weak", "password12345"],
      ["weak", "aaaaaaaaaaaaaaaaaaaa"],
      ["weak", "correct horse"],
      ["fair", "correct horse battery staple"],
      ["strong", "correct horse battery staple lantern orbit"],
      ["strong", "0F7K-Q2MZ-88XA-PW3R-T6CE-9HJD"],
    ];
    for (const [want, passphrase] of table)
      expect([passphrase, strength(passphrase)]).toEqual([passphrase, want]);
  });

  it("that were made can be typed back in any way", () => {
    const made = suggest();
    expect(made).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
    for (const one of [made, "ABCD-EFGH-JKMN-PQRS-TVWX-YZAB", ...Array.from({ length: 300 }, suggest)]) {
      expect([one, strength(one)]).toEqual([one, "strong"]);
    }
    expect(strength("AAAA-BBBB-AAAA-BBBB-AAAA-BBBB")).not.toBe("strong");
    expect(meant(made.toLowerCase().replaceAll("-", " ").replaceAll("0", "o"))).toBe(made);
    expect(meant("My own Passphrase")).toBe("My own Passphrase");
    expect(new Set(Array.from({ length: 50 }, suggest)).size).toBe(50);
  });
});
