import { fileTypeFromBuffer } from "file-type";

/** Bytes of a content that are looked at: the first chunk less its header, where every common format shows itself. */
export const SNIFFED_BYTES = 60 * 1024;

/** Claims nothing. */
const UNKNOWN = "application/octet-stream";

/** What runs when it is opened: told even where the sender claims nothing. */
const PROGRAMS: readonly string[] = [
  "application/java-vm",
  "application/vnd.android.package-archive",
  "application/wasm",
  "application/x-deb",
  "application/x-elf",
  "application/x-google-chrome-extension",
  "application/x-mach-binary",
  "application/x-ms-shortcut",
  "application/x-msdownload",
  "application/x-rpm",
];

/** Names of one thing, or of things that begin alike. */
const ALIKE: readonly (readonly string[])[] = [
  ["application/gzip", "application/x-gzip"],
  ["application/vnd.microsoft.portable-executable", "application/x-msdownload"],
  ["audio/wav", "audio/vnd.wave", "audio/x-wav"],
  ["image/apng", "image/png"],
  ["image/avif", "image/heic", "image/heic-sequence", "image/heif", "image/heif-sequence"],
  ["image/bmp", "image/x-ms-bmp"],
  ["image/tiff", "image/x-adobe-dng", "image/x-nikon-nef", "image/x-sony-arw"],
  ["image/vnd.microsoft.icon", "image/x-icon"],
  ["video/avi", "video/vnd.avi", "video/x-msvideo"],
  ["audio/mp4", "audio/x-m4a", "video/3gpp", "video/mp4", "video/quicktime", "video/x-m4v"],
];

/** Formats that others are made of: of a part of a file often only they are seen. */
const CONTAINERS: ReadonlyMap<string, RegExp> = new Map([
  ["application/x-cfb", /^application\/(msword|vnd\.ms-|x-msi)/],
  ["application/xml", /[/+]xml$/],
  ["application/zip", /^application\/(vnd\.(openxmlformats|oasis\.opendocument|ms-)|epub\+zip|java-archive|x-zip)/],
]);

const TEXT = /^text\/|^message\/rfc822$|[/+](json|xml)$/;

/**
 * The media type that the beginning of a content shows, where it contradicts the one that is claimed, or shows a program
 * where nothing is claimed; else undefined. Nothing is rendered or run for that, and nothing that does not show itself in its
 * first bytes is recognised: silence proves nothing.
 */
export async function contradictingType(claimed: string, beginning: Uint8Array): Promise<string | undefined> {
  // A text may begin with two letters that are also those of a picture or a program.
  if (TEXT.test(claimed) && isText(beginning)) return undefined;
  const seen = await seenType(beginning);
  if (seen === undefined || seen === claimed) return undefined;
  if (claimed === UNKNOWN) return PROGRAMS.includes(seen) ? seen : undefined;
  if (ALIKE.some((names) => names.includes(seen) && names.includes(claimed))) return undefined;
  return CONTAINERS.get(seen)?.test(claimed) === true ? undefined : seen;
}

/** The first bytes of a content, at most `SNIFFED_BYTES`; what comes after them is not read. */
export async function beginningOf(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of content) {
    pieces.push(piece);
    length += piece.length;
    if (length >= SNIFFED_BYTES) break;
  }
  return Buffer.concat(pieces).subarray(0, SNIFFED_BYTES);
}

async function seenType(beginning: Uint8Array): Promise<string | undefined> {
  try {
    // `audio/ogg; codecs=opus`
    return (await fileTypeFromBuffer(beginning))?.mime.replace(/;.*$/, "");
  } catch {
    // A malformed file shows nothing.
    return undefined;
  }
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
