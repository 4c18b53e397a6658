import lande from 'lande';
import { declarationOf, known, type Language } from '../languages.ts';
import { detector } from './detector.ts';

/** Its names are ISO 639-3, as the first letters of the declarations' files are, but for two. */
const nameOf = (language: Language): string => (language === 'ar' ? 'ara' : language === 'az' ? 'aze' : declarationOf(language).slice(0, 3));
const codes = new Map(known.lande.map((language) => [nameOf(language), language]));

/** A small neural network over frequent n-grams, 50 languages: gives a probability for each. */
export default detector(known.lande, (text) => new Map(lande(text).map(([name, probability]) => [codes.get(name) ?? name, probability])));
