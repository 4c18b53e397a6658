import { snippets } from './snippets.ts';

export default () => snippets('test');
