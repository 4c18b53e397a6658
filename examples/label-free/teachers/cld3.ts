import { loadModule } from 'cld3-asm';
import { known } from '../languages.ts';
import { detector } from './detector.ts';

const identifier = (await loadModule()).create(0, 1000);
const codes = new Map([['iw', 'he'], ['fil', 'tl']]);

/** Google's CLD3 in WebAssembly, 107 languages: names one, and says how sure it is. The rest is shared by all others. */
export default detector(known.cld3, (text) => {
  const { language, probability } = identifier.findLanguage(text);
  const rest = (1 - probability) / (known.cld3.length - 1);
  return new Map([...known.cld3.map((other) => [other, rest] as const), [codes.get(language) ?? language, probability]]);
});
