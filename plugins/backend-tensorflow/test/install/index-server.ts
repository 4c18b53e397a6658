import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, vi } from 'vitest';
import { sha256 } from './make-wheel.ts';

export interface Request {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

export interface Faults {
  /** Each answer ends after so many bytes of a file. */
  cutAfter?: number;
  /** How many answers are cut so; all when left out. */
  cuts?: number;
  /** Cuts when all that was sent is in this file. */
  keptIn?: string;
  /** Answers with whole files only. */
  noRanges?: boolean;
  /** What files are in truth, whatever the index says of them. */
  replace?: Buffer;
  /** Answers all pages so. */
  page?: { status?: number; type?: string; body?: string };
  /** Answers all files so. */
  fileStatus?: number;
  /** Waits so long before each piece of 64 KiB. */
  pieceMs?: number;
}

export interface IndexServer {
  /** The index. */
  readonly url: string;
  readonly requests: Request[];
  readonly faults: Faults;
  /** The ranges that were asked for, file by file. */
  ranges(): readonly (string | undefined)[];
}

const json = 'application/vnd.pypi.simple.v1+json';

/** A package index on this machine that serves `wheels`, by file name. */
export async function serveIndex(wheels: Readonly<Record<string, Buffer>>, extra: Readonly<Record<string, object>> = {}): Promise<IndexServer> {
  const requests: Request[] = [];
  const faults: Faults = {};
  const server = createServer((request, response) => {
    const path = request.url!;
    requests.push({ path, range: request.headers.range, authorization: request.headers.authorization });
    if (path.startsWith('/files/')) void sendFile(faults, wheels[decodeURIComponent(path.slice('/files/'.length))]!, request, response);
    else sendPage(faults, path, wheels, extra, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`, requests, faults,
    ranges: () => requests.filter(({ path }) => path.startsWith('/files/')).map(({ range }) => range),
  };
}

function sendPage({ page }: Faults, path: string, wheels: Readonly<Record<string, Buffer>>, extra: Readonly<Record<string, object>>, response: ServerResponse): void {
  const project = /^\/simple\/([^/]+)\/$/.exec(path)?.[1];
  const files = Object.entries(wheels).filter(([filename]) => filename.split('-')[0]!.replaceAll('_', '-') === project).map(([filename, content]) => ({
    filename, url: `../../files/${filename}`, hashes: { sha256: sha256(content) }, size: content.length, yanked: false, ...extra[filename],
  }));
  response.writeHead(page?.status ?? (files.length > 0 ? 200 : 404), { 'content-type': page?.type ?? json });
  response.end(page?.body ?? JSON.stringify({ meta: { 'api-version': '1.1' }, name: project, files }));
}

async function sendFile(faults: Faults, content: Buffer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (faults.fileStatus !== undefined) {
    response.writeHead(faults.fileStatus).end();
    return;
  }
  const whole = faults.replace ?? content;
  const start = faults.noRanges ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start >= whole.length) {
    response.writeHead(416).end();
    return;
  }
  const body = whole.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length, ...(start > 0 ? { 'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}` } : {}) });
  const cut = faults.cutAfter !== undefined && (faults.cuts === undefined || faults.cuts-- > 0);
  const sent = cut ? body.subarray(0, faults.cutAfter) : body;
  for (let at = 0; at < sent.length; at += 1 << 16) {
    if (faults.pieceMs) await new Promise((resolve) => setTimeout(resolve, faults.pieceMs));
    response.write(sent.subarray(at, at + (1 << 16)));
  }
  if (!cut) {
    response.end();
    return;
  }
  // A client forgets what it has not yet written down when the end comes.
  const { keptIn } = faults;
  if (keptIn) await vi.waitFor(() => expect(statSync(keptIn).size).toBe(start + sent.length), { timeout: 10_000, interval: 5 });
  response.socket?.end();
}
