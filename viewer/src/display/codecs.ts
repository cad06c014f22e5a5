import type { VideoCodec } from "../protocol/control.ts";

// Codec strings of WebCodecs: AV1 in ISOBMFF §5, VP Codec ISO Media File Format
// Binding §"Codecs Parameter String". A level only says how large a picture may be.
const av1Levels: readonly (readonly [pixels: number, index: string])[] = [
  [665_856, "04"], // 3.0
  [2_359_296, "08"], // 4.0
  [8_912_896, "12"], // 5.0
  [35_651_584, "16"], // 6.0
];
const vp9Levels: readonly (readonly [pixels: number, level: string])[] = [
  [552_960, "30"],
  [2_228_224, "40"],
  [8_912_896, "50"],
  [35_651_584, "60"],
];

/** How a VideoDecoder must be configured for pictures of that codec and size. */
export function decoderConfig(codec: VideoCodec, width: number, height: number): VideoDecoderConfig {
  return {
    codec: codecString(codec, width * height),
    codedWidth: width,
    codedHeight: height,
    optimizeForLatency: true,
    // The bitstreams say so too, but Chromium does not read the range of VP9.
    colorSpace: { fullRange: true, matrix: "bt709", primaries: "bt709", transfer: "iec61966-2-1" },
  };
}

function codecString(codec: VideoCodec, pixels: number): string {
  const av1 = av1Levels.find(([most]) => pixels <= most)?.[1] ?? "19";
  const vp9 = vp9Levels.find(([most]) => pixels <= most)?.[1] ?? "62";
  switch (codec) {
    case "av1":
      return `av01.0.${av1}M.08`;
    case "av1-444":
      return `av01.1.${av1}M.08`;
    case "vp9":
      return `vp09.00.${vp9}.08`;
    case "vp9-444":
      return `vp09.01.${vp9}.08.03`;
  }
}

const wanted: readonly VideoCodec[] = ["av1-444", "av1", "vp9-444", "vp9"];

/** Which codecs this browser decodes; none where it has no WebCodecs. */
export async function decodableCodecs(): Promise<VideoCodec[]> {
  if (typeof VideoDecoder === "undefined") return [];
  const supported = await Promise.all(
    wanted.map((codec) =>
      VideoDecoder.isConfigSupported(decoderConfig(codec, 1920, 1080)).then(
        (answer) => answer.supported === true,
        () => false, // an unknown codec is no error here
      ),
    ),
  );
  return wanted.filter((_, i) => supported[i]);
}
