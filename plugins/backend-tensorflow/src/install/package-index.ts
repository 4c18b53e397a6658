import { kdError } from '@kd/core';
import { z } from 'zod';
import { isHttpUrl, networkError, shownUrl, type HttpClient } from './http.ts';
import { publicIndex } from './pip-index.ts';
import { normalise } from './wheel-name.ts';
import type { WheelFile, WheelSource } from './wheel-source.ts';

const json = 'application/vnd.pypi.simple.v1+json';
const mostBytes = 64 << 20;

const page = z.object({
  files: z.array(z.object({
    filename: z.string(),
    url: z.string(),
    hashes: z.record(z.string(), z.string()).default({}),
    size: z.number().int().nonnegative().optional(),
    yanked: z.union([z.boolean(), z.string()]).default(false),
  })),
});

/**
 * A Python package index, asked by the JSON form of its simple API (PEP 691).
 *
 * @param index e.g. `https://packages.example/simple`; may hold a name and a password
 */
export function indexSource(index: string, http: HttpClient): WheelSource {
  return { label: index === publicIndex ? 'PyPI' : shownUrl(index), another: 'another index with --index', wheels: (project) => readPage(`${index.replace(/\/*$/, '')}/${normalise(project)}/`, http) };
}

async function readPage(url: string, http: HttpClient): Promise<readonly WheelFile[]> {
  const shown = shownUrl(url);
  const refuse = (problem: string, cause?: unknown): never => {
    throw kdError('KD_INDEX_INVALID', { url: shown, problem }, cause);
  };
  if (!isHttpUrl(url)) refuse('it is no http or https address');
  const response = await http.get(url, { accept: json });
  if (response.status >= 500) throw kdError('KD_DOWNLOAD', { url: shown, problem: `the server answered with ${response.status}`, next: 'Wait a moment, then run the same command again.' });
  if (response.status !== 200) refuse(`it answered with ${response.status}`);
  const type = response.headers.get('content-type')?.split(';')[0] ?? 'nothing';
  if (type !== json && type !== 'application/json') refuse(`it answered with ${type}, expected ${json}`);
  if (url.startsWith('https:') && response.url.startsWith('http:')) refuse(`it led to ${response.url}, which nobody protects`);
  const parsed = page.safeParse(parsedJson(await readBody(response, url, refuse), refuse));
  if (!parsed.success) return refuse(`its answer is not as the simple API has it (${parsed.error.issues[0]?.path.join('.') ?? ''}: ${parsed.error.issues[0]?.message ?? ''})`);
  return parsed.data.files.map(({ filename, url: place, hashes, size, yanked }) => ({
    filename,
    place: placeOf(place, response.url || shown, url) ?? refuse(`its address of ${filename} is none: ${place}`),
    ...(hashes['sha256'] === undefined ? {} : { sha256: hashes['sha256'] }),
    ...(size === undefined ? {} : { bytes: size }),
    ...(yanked === false ? {} : { yanked: yanked === true ? 'withdrawn' : yanked }),
  }));
}

function parsedJson(text: string, refuse: (problem: string, cause: unknown) => never): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse('its answer is not valid JSON', error);
  }
}

/** A file's address may be relative to its page; the index's own password goes to the index's own files alone. */
function placeOf(place: string, page: string, asked: string): string | undefined {
  if (!URL.canParse(place, page) || !isHttpUrl(new URL(place, page).href)) return undefined;
  const [found, index] = [new URL(place, page), new URL(asked)];
  if (found.origin === index.origin && found.username === '') [found.username, found.password] = [index.username, index.password];
  return found.href;
}

async function readBody(response: Awaited<ReturnType<HttpClient['get']>>, url: string, refuse: (problem: string) => never): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of response.body ?? []) {
      pieces.push(piece as Uint8Array);
      bytes += (piece as Uint8Array).byteLength;
      if (bytes > mostBytes) break;
    }
  } catch (error) {
    throw networkError(url, error);
  }
  return bytes > mostBytes ? refuse(`its page is larger than ${mostBytes} bytes`) : Buffer.concat(pieces).toString('utf8');
}
