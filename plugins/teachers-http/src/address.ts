import { lookup as ask } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { kdError } from '@kd/core';

/** An address that no request may go to. */
export class AddressRefused extends Error {}

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
// Where clouds give out keys of the machine itself, in IPv6.
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * The address of a server: `https:`, or `http:` on this machine, or anywhere where `insecure` says so; never link-local.
 *
 * @throws KD_REMOTE_SETUP, which never shows what may be secret in it
 */
export function addressOf(text: string, insecure: boolean, teacher: string): URL {
  const refuse = (problem: string, next: string): never => {
    throw kdError('KD_REMOTE_SETUP', { teacher, problem, next });
  };
  if (!URL.canParse(text)) return refuse('`url` of its source is no address', 'Write the whole of it, with https:// before it.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse(`its \`url\` begins with ${url.protocol}`, 'Write https://, or http:// for a server on this machine.');
  if (url.username || url.password) return refuse('its `url` holds a name or a password', 'Give them in `headers`: { authorization: { env: \'…\' } }.');
  url.hash = '';
  const host = hostOf(url);
  const expectLoopback = onlyLoopback(url, insecure);
  if (expectLoopback && !isIP(host) && host !== 'localhost' && !host.endsWith('.localhost')) return refuse(...plain(host));
  try {
    if (isIP(host)) expectAllowed(host, expectLoopback);
  } catch {
    return linkLocal.check(host, familyOf(host)) ? refuse(`${host} is link-local`, 'Such addresses are never asked: give that of the server itself.') : refuse(...plain(host));
  }
  return url;
}

/** Finds addresses by names, and refuses those that no request may go to, whatever the name was. */
export function allowedLookup(url: URL, insecure: boolean): LookupFunction {
  const expectLoopback = onlyLoopback(url, insecure);
  return (host, options, callback) => {
    ask(host, { ...options, all: true }, (error, found) => {
      try {
        if (error) throw error;
        for (const { address } of found) expectAllowed(address, expectLoopback);
      } catch (refused) {
        callback(refused as Error, '', 0);
        return;
      }
      if (options.all) callback(null, found);
      else callback(null, found[0]!.address, found[0]!.family);
    });
  };
}

function plain(host: string): readonly [string, string] {
  return [`its \`url\` is http: on another machine (${host}), where anyone on the way can read and change what is said`, 'Write https://, or, in a network that is your own, set `insecure: true`.'];
}

function onlyLoopback(url: URL, insecure: boolean): boolean {
  return url.protocol === 'http:' && !insecure;
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

function expectAllowed(address: string, expectLoopback: boolean): void {
  const family = familyOf(address);
  if (linkLocal.check(address, family)) throw new AddressRefused(`${address}, which the name stands for, is link-local`);
  if (expectLoopback && !loopback.check(address, family)) throw new AddressRefused(`${address}, which the name stands for, is another machine, and \`url\` is http:`);
}
