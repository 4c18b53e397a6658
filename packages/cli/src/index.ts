export { main } from './main.ts';
export { loadConfig, type LoadedConfig, type LoadOptions } from './config/load-config.ts';
export { type Origins } from './config/origins.ts';
export type { Override } from './config/overrides.ts';
