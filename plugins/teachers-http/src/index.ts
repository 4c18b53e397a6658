import { definePlugin, type Plugin } from '@kd/core';
import { http } from './http.ts';

export { http } from './http.ts';
export type { HttpOptions } from './http-options.ts';
export type { FromEnvironment, HeaderValue } from './secrets.ts';

const teachersHttp: Plugin = definePlugin({ name: 'teachers-http', strategies: [http] });
export default teachersHttp;
