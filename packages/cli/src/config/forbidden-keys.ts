/** Keys that reach an object's prototype: no config, and nothing that is set from outside, may have them. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
