import { convertIndexedToRgb, decode as decodePng } from 'fast-png';
import jpeg from 'jpeg-js';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** `height × width × channels`, 0 to 255. */
  readonly data: Uint8Array;
}

/** A file may claim any size: above this many pixels it is refused before anything is allocated. */
const mostMegapixels = 64;
const pngStart = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Decodes a PNG or JPEG file. Transparency is dropped, 16 bits become 8, palettes and single bits become full values.
 *
 * @throws Error whose message goes on after the file's name: 'is no PNG or JPEG image'.
 */
export function decodeImage(bytes: Uint8Array): Pixels {
  if (pngStart.every((byte, i) => bytes[i] === byte)) return decoded('PNG', () => decodePngPixels(bytes));
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return decoded('JPEG', () => decodeJpegPixels(bytes));
  throw new Error('is no PNG or JPEG image');
}

/** The decoders' own words, as the end of a sentence; a read beyond the end is told as what it is. */
function decoded(format: string, decode: () => Pixels): Pixels {
  try {
    return decode();
  } catch (error) {
    const why = error instanceof RangeError ? 'it ends too early' : error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
    throw new Error(`cannot be decoded as ${format} (${why})`, { cause: error });
  }
}

function decodeJpegPixels(bytes: Uint8Array): Pixels {
  const { width, height, data } = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false, tolerantDecoding: false, maxResolutionInMP: mostMegapixels });
  return { width, height, channels: 3, data };
}

function decodePngPixels(bytes: Uint8Array): Pixels {
  if (bytes.length < 33) throw new Error('it ends in its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const megapixels = (view.getUint32(16) * view.getUint32(20)) / 1e6;
  if (megapixels > mostMegapixels) throw new Error(`it claims ${Math.round(megapixels)} megapixels, more than ${mostMegapixels}`);
  const png = decodePng(bytes, { checkCrc: true });
  const { width, height, depth } = png;
  if (png.palette) return { width, height, channels: 3, data: dropAlpha(convertIndexedToRgb(png), width * height, png.palette[0]!.length, 3) };
  const full = depth === 8 ? (png.data as Uint8Array) : depth === 16 ? Uint8Array.from(png.data, (value) => value >> 8) : spread(png.data as Uint8Array, width, height, depth);
  const channels = png.channels <= 2 ? 1 : 3;
  return { width, height, channels, data: dropAlpha(full, width * height, png.channels, channels) };
}

/** Grey values of 1, 2 or 4 bits lie side by side in a byte; each line starts a new one. */
function spread(packed: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const line = Math.ceil((width * depth) / 8);
  const most = 2 ** depth - 1;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth;
    const byte = packed[Math.floor(i / width) * line + (bit >> 3)]!;
    return (((byte >> (8 - depth - (bit & 7))) & most) * 255) / most;
  });
}

function dropAlpha(data: Uint8Array, pixels: number, from: number, to: number): Uint8Array {
  if (data.length !== pixels * from) throw new Error(`it holds ${data.length} values for ${pixels} pixels`);
  if (from === to) return data;
  return Uint8Array.from({ length: pixels * to }, (_, i) => data[Math.floor(i / to) * from + (i % to)]!);
}

/** One channel as three, or three as their luma (ITU-R BT.601). */
export function withChannels({ width, height, channels, data }: Pixels, wanted: 1 | 3): Uint8Array {
  if (channels === wanted) return data;
  if (wanted === 3) return Uint8Array.from({ length: width * height * 3 }, (_, i) => data[Math.floor(i / 3)]!);
  return Uint8Array.from({ length: width * height }, (_, i) => Math.round(0.299 * data[i * 3]! + 0.587 * data[i * 3 + 1]! + 0.114 * data[i * 3 + 2]!));
}
