/** The version of @kd/core; part of every fingerprint. */
export const version: string = '0.1.0';
