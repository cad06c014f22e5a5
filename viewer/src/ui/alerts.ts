/**
 * Tells a technician who looks elsewhere that a person arrived or answered: a
 * sound, the tab's title and a desktop notification. Nothing secret is in them.
 */
import { t } from "./texts.ts";

const NOTES_HZ = { call: [587, 784], yes: [659, 880], no: [440, 330] } as const;
const NOTE_S = 0.16;
const LOUDNESS = 0.12;

export class Alerts {
  private audio: AudioContext | undefined;
  private title = "";
  private flag = "";

  constructor(signal: AbortSignal) {
    // A browser lets a page sound only after its first gesture.
    for (const gesture of ["pointerdown", "keydown"] as const) {
      addEventListener(gesture, () => this.unlock(), { signal, once: true });
    }
    addEventListener("focus", () => this.mark(""), { signal });
  }

  /** The title of the page that is shown. */
  setTitle(title: string): void {
    this.title = title;
    this.writeTitle();
  }

  /** Asks for desktop notifications; call it in a gesture that shows their use. */
  askPermission(): void {
    if (!("Notification" in globalThis) || Notification.permission !== "default") return;
    Notification.requestPermission().catch(() => undefined); // asked again at the next gesture
  }

  /** Sounds, marks the title and notifies. */
  tell(tone: keyof typeof NOTES_HZ, text: string, onOpen: () => void): void {
    this.sound(NOTES_HZ[tone]);
    if (document.hasFocus()) return;
    this.mark(text);
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
    const notification = new Notification(t("desk.notification"), { body: text, tag: "beside" });
    notification.onclick = () => {
      focus();
      notification.close();
      onOpen();
    };
  }

  private mark(text: string): void {
    this.flag = text;
    this.writeTitle();
  }

  private writeTitle(): void {
    const page = this.title === "" ? t("app.name") : `${this.title} · ${t("app.name")}`;
    document.title = this.flag === "" ? page : `● ${this.flag} · ${t("app.name")}`;
  }

  private unlock(): void {
    this.audio ??= new AudioContext();
    this.audio.resume().catch(() => undefined); // without a sound device the other two signs remain
  }

  private sound(notes: readonly number[]): void {
    const audio = this.audio;
    if (audio === undefined || audio.state !== "running") return;
    notes.forEach((hz, i) => {
      const start = audio.currentTime + i * NOTE_S;
      const tone = new OscillatorNode(audio, { frequency: hz });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setTargetAtTime(LOUDNESS, start, 0.01);
      volume.gain.setTargetAtTime(0, start + NOTE_S, 0.06);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 4 * NOTE_S);
    });
  }
}
