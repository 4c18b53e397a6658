import { isUtf8 } from 'node:buffer';

/** What is said of a text that is in another encoding, such as Latin-1: its letters would become question marks. */
export const noUtf8 = 'it is no valid UTF-8; save the file in that encoding';

const newLine = 0x0a;

/**
 * Passes the bytes of a text on. Text that begins with UTF-16's mark is another's to read.
 *
 * @param refuse told the line of the first bytes that are no UTF-8
 */
export async function* utf8Of(chunks: AsyncIterable<Buffer>, refuse: (line: number) => never): AsyncGenerator<Buffer> {
  let line = 1;
  let cut: Buffer = Buffer.alloc(0);
  let checked: boolean | undefined;
  for await (const chunk of chunks) {
    const bytes = cut.length > 0 ? Buffer.concat([cut, chunk]) : chunk;
    checked ??= !(bytes[0] === 0xff && bytes[1] === 0xfe);
    const end = checked ? bytes.length - lengthOfCut(bytes) : bytes.length;
    const whole = bytes.subarray(0, end);
    if (checked && !isUtf8(whole)) refuse(line + linesBeforeFault(whole));
    line += newLinesIn(whole);
    cut = bytes.subarray(end);
    yield whole;
  }
  if (cut.length > 0) refuse(line);
}

/** How many bytes at the end begin a character that goes on after it. */
function lengthOfCut(bytes: Buffer): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const byte = bytes[bytes.length - length]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return length < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? length : 0;
  }
  return 0;
}

function newLinesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newLine); at >= 0; at = bytes.indexOf(newLine, at + 1)) count++;
  return count;
}

function linesBeforeFault(bytes: Buffer): number {
  let count = 0;
  for (let from = 0; ; count++) {
    const end = bytes.indexOf(newLine, from);
    if (end < 0 || !isUtf8(bytes.subarray(from, end))) return count;
    from = end + 1;
  }
}
