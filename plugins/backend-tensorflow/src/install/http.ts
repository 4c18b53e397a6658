import { kdError, type KdError } from '@kd/core';
import type { Response } from 'undici';

/** Fetches over HTTP, through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name. */
export interface HttpClient {
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** After a cut that brought nothing new, one more try after each of these. */
  readonly pausesMs: readonly number[];
  /** Ends what is still open; call it when done. */
  close(): Promise<void>;
}

const proxies: readonly string[] = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

/**
 * @param quietMs how long a server may be silent
 * @throws KD_USAGE when a variable names a proxy whose address is none
 */
export async function httpClient(quietMs: number = 30_000, pausesMs: readonly number[] = [500, 1500, 4000]): Promise<HttpClient> {
  for (const name of proxies) {
    const proxy = process.env[name];
    if (proxy && !isHttpUrl(proxy)) throw kdError('KD_USAGE', { problem: `the variable ${name} is ${shownUrl(proxy)}, which is no address of a proxy`, next: 'Write for example http://proxy.example:3128, or unset it.' });
  }
  const { EnvHttpProxyAgent, fetch } = await import('undici'); // only those who install pay for loading it
  const dispatcher = new EnvHttpProxyAgent({ headersTimeout: quietMs, bodyTimeout: quietMs, connect: { timeout: 10_000 } });
  return {
    pausesMs,
    async get(url, headers = {}) {
      const { address, authorization } = withoutPassword(url);
      try {
        return await fetch(address, { dispatcher, headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) } });
      } catch (error) {
        throw networkError(url, error);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

/** Whether a URL is one that can be fetched. */
export function isHttpUrl(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url) && decoded(new URL(url).username + new URL(url).password) !== undefined;
}

/** A URL as it may be shown: without name and password, also if it is not a valid one. */
export function shownUrl(url: string): string {
  return isHttpUrl(url) ? withoutPassword(url).address : url.replace(/^(\w*:?\/*)[^/]*@/, '$1');
}

/** Node takes no name and password in a URL, but as a header. */
function withoutPassword(url: string): { address: string; authorization?: string } {
  const parsed = new URL(url);
  if (parsed.username === '' && parsed.password === '') return { address: url };
  const pair = `${decoded(parsed.username)}:${decoded(parsed.password)}`;
  parsed.username = parsed.password = '';
  return { address: parsed.href, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const again = 'Check the network, then run the same command again';

/** What went wrong between here and a server. */
export function networkError(url: string, error: unknown, next: string = again): KdError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const certificate = /CERT|SIGNED|UNABLE_TO/.test(code);
  const problem = code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? `the host's address is not known here (${code})`
    : code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' ? 'the server fell silent'
    : certificate ? `its certificate is not trusted (${code})`
    : `no connection (${code || (cause instanceof Error ? cause.message : String(cause))})`;
  return kdError('KD_DOWNLOAD', { url: shownUrl(url), problem, next: certificate ? 'If your network has its own certificates, name their file with NODE_EXTRA_CA_CERTS.' : `${next}.` }, error);
}
