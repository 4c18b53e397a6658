import { sha256 } from '../files/hash.ts';

/**
 * A file name for any text: itself when it is short, plain and lower case, otherwise its plain part and a piece of its
 * hash, so that names differ on every file system and never lead out of the folder.
 */
export function fileNameOf(text: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,39}$/.test(text)) return text; // no dot, so that no text equals another's name below
  const plain = text.toLowerCase().replace(/[^a-z0-9_-]+/g, '-').slice(0, 30);
  return `${plain}.${sha256(text).slice(0, 8)}`;
}
